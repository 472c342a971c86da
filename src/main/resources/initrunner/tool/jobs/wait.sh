# Waits until `any` or `all` of some jobs have ended, at most SECONDS: any|all SECONDS ID... Its answer
# is a description of each.

how=$1
read_clock
until=$((clock + $2))
shift 2
for each; do
  require "$each"
  set -- "$@" "$id"
  shift
done
while :; do
  running=0
  for each; do
    judge "$jobs/$each"
    case $is in running | starting | elsewhere) running=$((running + 1)) ;; esac
  done
  [ "$running" != 0 ] || break
  [ "$how" = all ] || [ "$running" = $# ] || break
  read_clock
  [ "$clock" -lt "$until" ] || break
  pause
done
for each; do describe "$jobs/$each"; done
