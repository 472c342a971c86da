# Prints a description of each job, the oldest first.
[ -d "$jobs" ] || exit 0
cd "$jobs" || fail "the directory $jobs cannot be entered"
for each in */start; do
  each=${each%/start}
  case $each in *[!0-9a-f]*) continue ;; esac
  [ ! -f "$each/start" ] || printf '%s %s\n' "$(sed -n 's/^since //p' "$each/start")" "$each"
done | sort -n | while IFS=' ' read -r _ each; do describe "$jobs/$each"; done
