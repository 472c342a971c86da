# Completion of initrunner for fish; `initrunner completion fish` prints it.

# What the words in front of the cursor say.
function __initrunner_parse
    set -g __initrunner_path ''
    set -g __initrunner_position 0
    set -g __initrunner_host ''
    set -g __initrunner_delimiter ''
    set -l option ''
    set -l typed (commandline -opc)
    for word in $typed[2..-1]
        if test -n "$option"
            set option ''
            continue
        end
        string match -q -r '^--host(=.*)?$' -- $word; and set -g __initrunner_host yes
        if test "$word" = --
            set -g __initrunner_delimiter yes
            return
        else if string match -q -- '-*' $word
            __initrunner_takes "$__initrunner_path $word"; and set option $word
        else if __initrunner_leads "$__initrunner_path" "$word"
            set -g __initrunner_path (string trim "$__initrunner_path $word")
        else
            set -g __initrunner_position (math $__initrunner_position + 1)
        end
    end
end

# Whether the command is $argv[1].
function __initrunner_at
    __initrunner_parse
    test "$__initrunner_path" = "$argv[1]" -a -z "$__initrunner_delimiter"
end

# Whether the next word of the command $argv[1] is that of place $argv[2], or that or a later one
# with $argv[4]. $argv[3] is the place of the role, which --host leaves out, or -1.
function __initrunner_word
    __initrunner_at "$argv[1]"; or return
    set -l place $__initrunner_position
    if test -n "$__initrunner_host" -a $argv[3] -ge 0 -a $place -ge $argv[3]
        set place (math $place + 1)
    end
    test $place -eq $argv[2]; or test "$argv[4]" = more -a $place -ge $argv[2]
end

function __initrunner_is_behind_delimiter
    __initrunner_parse
    test -n "$__initrunner_delimiter"
end

# The current word, without its option.
function __initrunner_current
    commandline -ct | string replace -r '^--[a-z-]+=' ''
end

function __initrunner_role
    set -l current (__initrunner_current)
    set -l real (string replace -r '^~/' "$HOME/" -- $current)
    for name in $real*.yaml $real*.yml $real*/
        string replace -- $real "$current" $name
    end
end

function __initrunner_host
    set -l user (__initrunner_current | string match -r '^.*@')
    for host in (__initrunner_hosts 2>/dev/null)
        echo "$user$host"
    end
end

# Hosts and groups with commas between them.
function __initrunner_host_list
    set -l taken (__initrunner_current | string match -r '^.*,')
    for host in (__initrunner_hosts 2>/dev/null) (__initrunner_run hosts)
        echo "$taken$host"
    end
end

# $argv[1] says of which kind.
function __initrunner_run
    set -l typed (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $typed[1])
    $program completion fish --values $argv[1] 2>/dev/null </dev/null
end

# With commas between them.
function __initrunner_list
    set -l taken (__initrunner_current | string match -r '^.*,')
    for word in $argv
        string match -q -- "*,$word,*" ",$taken"; or echo "$taken$word"
    end
end

complete -c initrunner -e
complete -c initrunner -f
complete -c initrunner -n __initrunner_is_behind_delimiter -F
