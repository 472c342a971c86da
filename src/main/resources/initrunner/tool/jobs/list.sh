# Prints a description of each job, the oldest first.
[ -d "$jobs" ] || exit 0
cd "$jobs" || fail "the directory $jobs cannot be entered"
# shellcheck disable=SC2012 # ids are hexadecimal digits
ls -tr | while IFS= read -r each; do
  case $each in *[!0-9a-f]*) continue ;; esac
  [ ! -f "$each/start" ] || describe "$jobs/$each"
done
