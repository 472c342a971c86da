# Runs a job in its own session and keeps its output:
#   DIRECTORY INNER MASK CLEANUP LOG_HEAD LOG_TAIL SECONDS COOKIE OWN_COOKIE COMMAND...
# It keeps the first LOG_HEAD and the last LOG_TAIL files of its output, each of half a MiB to one. After SECONDS (0: never)
# it stops the job. Of the job it has the standard output; the error output is the launcher's.

dir=$1 inner=$2 mask=$3 cleanup=$4 head=$5 tail=$6 seconds=$7 cookie=$8
shift 9

fields() {
  printf '%s %s\n' "$$" "${20}"
}
IFS= read -r stat </proc/$$/stat
# shellcheck disable=SC2086 # the fields of the line
fields ${stat##*")"} >"$dir/.supervisor" && mv "$dir/.supervisor" "$dir/supervisor"

# Opens a new file of output. No name in a directory that a job may be able to write is opened twice.
begin_part() {
  part=$dir/out.$1
  (set -C && : >"$part") 2>/dev/null || return 1
  exec 5>>"$part"
}

log() {
  at=0 before=0
  begin_part 000000000000000
  while dd bs=65536 count=8 2>/dev/null >&5; do
    size=$(wc -c <"$part")
    size=$((size))
    [ "$size" -gt "$before" ] || return 0
    before=$size
    [ "$size" -ge 524288 ] || continue
    at=$((at + size)) before=0
    begin_part "$(printf '%015d' "$at")" || break
    (
      set -- "$dir"/out.*
      [ $# -gt $((head + tail)) ] || exit 0
      shift "$head"
      rm -f "$1"
    )
  done
  # The job goes on with a full disk; the rest of its output is counted.
  lost=$(wc -c)
  lost=$((lost))
}

# The processes of the job's session, which is named by its first process.
signal_session() {
  for each in /proc/[0-9]*; do
    stat=
    while IFS= read -r line || [ -n "$line" ]; do stat=$line; done <"$each/stat"
    # shellcheck disable=SC2086 # the fields of the line
    set -- "$1" ${stat##*")"}
    [ "${5-}" != "$pid" ] || kill -s "$1" "${each#/proc/}"
  done 2>/dev/null
}

watch_time() {
  trap 'kill $!; exit' TERM
  sleep "$seconds" &
  wait $!
  IFS=' ' read -r pid _ <"$dir/pid" || exit
  (set -C && : >"$dir/overtime") 2>/dev/null
  signal_session TERM
  sleep 10 &
  wait $!
  signal_session KILL
}

exec 6<>"$dir/.rc" 7<>"$dir/.closed" || exit
watcher=
if [ "$seconds" != 0 ]; then
  watch_time &
  watcher=$!
fi

{
  {
    {
      INITRUNNER_CALL=$cookie INITRUNNER_JOB=${dir##*/} \
        setsid sh -c "$inner" initrunner-job "$dir" "$mask" "$@" <"$dir/in" 2>&1 1>&3 3>&- 6>&- 7>&-
      rc=$?
      # The block is there already: that works on a full disk.
      printf '%s %s\n' "$rc" "$(date +%s)" >&6
      mv "$dir/.rc" "$dir/status"
      # It is no file: a job may be able to write those.
      if [ -f "$dir/stopped" ] || [ -f "$dir/overtime" ]; then
        sh -c "$cleanup"
        (set -C && echo "$?" >"$dir/cleaned") 2>/dev/null
      fi
      [ -z "$watcher" ] || [ -f "$dir/overtime" ] || kill "$watcher"
    } | {
      dd bs=1024 count=64 of="$dir/report" 2>/dev/null
      cat >/dev/null
    }
  } 3>&1 | {
    lost=0
    log
    printf '%s\n' "$lost" >&7
    mv "$dir/.closed" "$dir/closed"
  }
}
