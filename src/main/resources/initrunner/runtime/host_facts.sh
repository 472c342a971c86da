# Prints what a model is told of where its tools act, a NAME=VALUE on each line.

printf '%s=%s\n' host "$(uname -n)" user "$(id -un)" 'working directory' "$(pwd)" \
  'login shell' "${SHELL-}" 'operating system' "$(uname -srm)"
