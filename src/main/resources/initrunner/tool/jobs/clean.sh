# Removes jobs that have ended: SECONDS ID... Without an id, all that ended SECONDS ago and more. Prints
# a description of each of them before it goes.
[ -d "$jobs" ] || exit 0
age=$1
shift
if [ $# = 0 ]; then
  now=$(date +%s)
  for each in "$jobs"/*/start; do
    [ -f "$each" ] || continue
    dir=${each%/start}
    judge "$dir"
    case $is in
      ended) at=$(first_line "$dir/status") at=${at#* } at=${at%% *} ;;
      lost | rebooted) at=$(sed -n 's/^since //p' "$each") ;;
      *) continue ;;
    esac
    case $at in '' | *[!0-9]*) at=0 ;; esac
    [ $((now - at)) -lt "$age" ] || set -- "$@" "${dir##*/}"
  done
fi
for each; do
  require "$each"
  each=$id
  judge "$jobs/$each"
  case $is in
    ended | lost | rebooted)
      describe "$jobs/$each"
      rm -rf "${jobs:?}/$each"
      ;;
    *) fail "job $each is $is: stop it before" 6 ;;
  esac
done
