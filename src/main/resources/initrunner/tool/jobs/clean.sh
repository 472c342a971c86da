# Removes jobs that have ended: SECONDS ID... Without an id, all that ended SECONDS ago and more. Prints
# a description of each of them before it goes.
[ -d "$jobs" ] || exit 0
age=$1 patience=5
shift

# Whether processes of the ended job in $1 hold its output. The supervisor of one that has just ended
# is about to go; all of them together are waited for that often.
lingers() {
  while runs "$1/supervisor"; do
    [ "$patience" -gt 0 ] || return 0
    patience=$((patience - 1))
    pause
  done
  return 1
}

if [ $# = 0 ]; then
  now=$(date +%s)
  for each in "$jobs"/*/start; do
    [ -f "$each" ] || continue
    dir=${each%/start}
    judge "$dir"
    case $is in
      ended)
        ! lingers "$dir" || continue
        at=$(first_line "$dir/status") at=${at#* } at=${at%% *}
        ;;
      lost | rebooted)
        # When it ended is not known; it ran while its output grew.
        measure "$dir"
        at=$(stat -c %Y "${last:-$each}" 2>/dev/null)
        ;;
      *) continue ;;
    esac
    is_number "$at" || at=0
    # The clock may have been set back since.
    if [ "$age" = 0 ] || [ $((now - at)) -ge "$age" ]; then set -- "$@" "${dir##*/}"; fi
  done
fi
for each; do
  require "$each"
  each=$id
  judge "$jobs/$each"
  case $is in
    ended | lost | rebooted)
      ! lingers "$jobs/$each" || fail "job $each has ended, and processes that it started still run: stop it before" 6
      describe "$jobs/$each"
      rm -rf "${jobs:?}/$each"
      ;;
    *) fail "job $each is $is: stop it before" 6 ;;
  esac
done
