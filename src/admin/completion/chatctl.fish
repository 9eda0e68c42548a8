# fish completion for chatctl, made by "chatctl completions fish".
# The name alone is called, not what was typed: Tab shall not run a program of the directory one is in.
function __chatctl_complete
    set -l word (commandline -ct)
    command chatctl complete fish (commandline -opc) "$word" 2>/dev/null
    if test $status -eq 1
        set -l option (string match -r -- '^--[^=]*=' "$word")
        for path in (__fish_complete_path (string replace -- "$option" '' "$word"))
            echo -- "$option$path"
        end
    end
end
complete -c chatctl -k -f -a '(__chatctl_complete)'
