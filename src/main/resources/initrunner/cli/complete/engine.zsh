#compdef initrunner
# Completion of initrunner for zsh; `initrunner completion zsh` prints it.

__initrunner_host() {
  local -a hosts expl
  compset -P '*@'
  hosts=(${(f)"$(__initrunner_hosts 2>/dev/null)"})
  _wanted hosts expl host compadd -a hosts
}

# Hosts and groups with commas between them.
__initrunner_host_list() {
  local -a hosts groups expl
  compset -P '*,'
  hosts=(${(f)"$(__initrunner_hosts 2>/dev/null)"})
  groups=(${(f)"$($program completion zsh --values hosts 2>/dev/null </dev/null)"})
  hosts+=(${groups%%$'\t'*})
  _wanted hosts expl host compadd -a hosts
}

__initrunner_role() {
  _files -g '*.(yaml|yml)(-.)'
}

# $1 says of which kind. Newest first, as the program says them.
__initrunner_run() {
  local -a lines ids shown expl
  lines=(${(f)"$($program completion zsh --values $1 2>/dev/null </dev/null)"})
  ids=(${lines%%$'\t'*})
  shown=(${lines/$'\t'/  })
  _wanted -V runs expl run compadd -l -d shown -a ids
}

# Another program's command line begins behind two dashes.
__initrunner_argv() {
  if (( ${words[1,CURRENT-1][(I)--]} )); then
    _files
  else
    compadd -- --
  fi
}
