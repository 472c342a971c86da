"""Types lines into a real shell on a pseudo-terminal, has it insert all completions, and prints what
the line is then: one for each line of the standard input. Arguments: bash or zsh, and the script."""

import os, pty, re, select, sys, time

BASH = r"""
PS1='' PS2='' ; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'
bind '"\C-t": insert-completions'; bind '"\C-g": complete'
__show() { printf '\n<<%s>>\n' "$READLINE_LINE"; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\C-o": __show'
source "$SCRIPT"
printf '<<%s>>\n' ready
"""
ZSH = r"""
PS1='' PS2='' ; unsetopt zle_bracketed_paste prompt_sp prompt_cr beep; unset zle_bracketed_paste
autoload -Uz compinit; compinit -D -u
source "$SCRIPT"
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
zle -C all-matches complete-word _generic; bindkey '^T' all-matches
show() { print; print -r -- "<<$BUFFER>>"; BUFFER= ; }
zle -N show; bindkey '^O' show; bindkey '^G' complete-word
print '<<ready>>'
"""

shell, script = sys.argv[1:3]
os.environ.update(SCRIPT=script, TERM="dumb", COLUMNS="4000", LINES="50")
for name in ("ENV", "BASH_ENV", "ZDOTDIR"):
    os.environ.pop(name, None)
argv = ["bash", "--norc", "--noprofile", "-i"] if shell == "bash" else ["zsh", "-f", "-i"]
setup = BASH if shell == "bash" else ZSH
with open(script + ".setup", "w") as file:
    file.write(setup)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
seen = b""


def answer():
    global seen
    while True:
        found = re.search(rb"<<([^<>\r\n]*)>>\r?\n", seen)
        if found:
            seen = seen[found.end():]
            return found.group(1).decode()
        if not select.select([terminal], [], [], 30)[0]:
            sys.exit("no answer after: " + repr(seen))
        seen += os.read(terminal, 65536)


os.write(terminal, (". '" + script + ".setup'\r").encode())
answer()
for line in sys.stdin.read().splitlines():
    key = b"\x07" if line.startswith("!") else b"\x14"
    os.write(terminal, line.lstrip("!").encode() + key + b"\x0f")
    print(answer(), flush=True)
os.write(terminal, b"exit\r")
