# Runs a command in the sandbox, on the terminal of the sandbox's start:
#   OPENING COMMAND...
# OPENING is a format of `printf` that says that the command is about to start. The command is a job
# of a second shell, in front on the terminal, so that a Ctrl-C reaches it and not bubblewrap, which
# would end with all that is in the sandbox. If a Ctrl-Z stops the job, the second shell continues it
# at once, as no person could type `fg`; a bash whose job a Ctrl-C then ends says nothing, and exits
# with 1.
# The second shell says on a pipe how the job ended. Its own status does not tell: at its end it tries
# to put the first shell back in front and fails, as the group of that one is not known in the sandbox.
# For the same reason, bash would wait for a `fg` if TTOU was not ignored.

# shellcheck disable=SC2059 # it is a format
printf "$1" >&2
shift
trap '' TTOU
exec 3>&1
ir_said=$(/bin/sh -m -c '
  trap : INT QUIT
  exec 4>&1 >&3 5>&2 2>/dev/null 3>&-
  "$0" "$@" 2>&5 4>&- 5>&-
  ir_status=$?
  while kill -s 0 %1; do
    fg %1 >/dev/null
    ir_status=$?
  done
  echo $ir_status >&4' "$@")
ir_status=$?
[ "$ir_status" != 1 ] || ir_status=130
exit "${ir_said:-$ir_status}"
