# Prints the directory where commands start, and the login shell, each with a NUL behind it.

printf '%s\000' "$(pwd -P)" "${SHELL-}"
