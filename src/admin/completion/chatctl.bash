# bash completion for chatctl, made by "chatctl completions bash".
# The name alone is called, not what was typed: Tab shall not run a program of the directory one is in.
_chatctl() {
    local found code=0
    found=$(chatctl complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || code=$?
    COMPREPLY=()
    if ((code == 1)); then
        # Files belong here; bash knows them best.
        compopt -o default
    elif [[ $found ]]; then
        mapfile -t COMPREPLY <<<"$found"
        if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]]; then
            compopt -o nospace
        fi
    fi
}
complete -F _chatctl chatctl
