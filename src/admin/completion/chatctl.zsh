#compdef chatctl
# zsh completion for chatctl, made by "chatctl completions zsh".
# The name alone is called, not what was typed: Tab shall not run a program of the directory one is in.
_chatctl() {
    local found code=0
    found=$(chatctl complete zsh "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null) || code=$?
    if ((code == 1)); then
        compset -P '--*='
        _files
    elif [[ -n $found ]]; then
        local -a names
        names=("${(@f)found}")
        _describe -V chatctl names
    fi
}
if [[ $funcstack[1] == _chatctl ]]; then
    _chatctl "$@"
else
    compdef _chatctl chatctl
fi
