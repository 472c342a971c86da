# Runs a command in a container of its own and says how it ended; or ends one that is left.
#   run ENGINE NAME MARK OPTION... IMAGE COMMAND...
#   stop ENGINE NAME        exit 0 gone, 1 still running, 2 not known
# The command finds its environment as it was: variables of this text begin with `ir_`.

ir_does=$1 ir_engine=$2 ir_name=$3

inspect() {
  "$ir_engine" inspect --type container \
    --format '{{.State.Running}} {{.State.OOMKilled}} {{.State.StartedAt}}' "$ir_name" </dev/null
}

# Whether it runs, whether it was out of memory, and since when it runs; or why that is not known.
# A client may warn of anything, so what it complains of counts only where it says nothing else.
state() {
  ir_known=$(inspect 2>/dev/null)
  if [ -n "$ir_known" ]; then printf '%s\n' "$ir_known"; else inspect 2>&1; fi
}

if [ "$ir_does" = stop ]; then
  ir_tries=20
  while :; do
    ir_said=$("$ir_engine" rm --force --volumes "$ir_name" 2>&1 </dev/null)
    ir_now=$(state)
    case $ir_now in *[Nn]'o such container'* | *[Nn]'o such object'*) exit 0 ;; esac
    ir_tries=$((ir_tries - 1))
    [ "$ir_tries" -gt 0 ] || break
    sleep 0.1
  done
  printf '%s\n' "$ir_said" "$ir_now" >&2
  case $ir_now in 'true '*) exit 1 ;; esac
  exit 2
fi

ir_mark=$4
shift 4

end() {
  printf '\n%s %s %s\n' "$ir_mark" "$1" "$2" >&2
  exit "$1"
}

# No word of an end.
untold() {
  printf '%s\n' "$ir_now" >&2
  exit "$ir_status"
}

# shellcheck disable=SC2164 # the engine refuses what is not there
cd -P .
case $PWD in
  *:*)
    echo "initrunner: a directory with a colon in its path cannot be mounted: $PWD" >&2
    end 125 unstarted
    ;;
esac

"$ir_engine" run -v "$PWD:/work" "$@"
ir_status=$?

ir_cause=ended
if [ "$ir_status" != 0 ]; then
  ir_now=$(state)
  case $ir_now in
    'false true '*) ir_cause=oom ;;
    'false false 0001-'*) ir_cause=unstarted ;;
    'false false '*) ;;
    *[Nn]'o such container'* | *[Nn]'o such object'*)
      # What the engine did not make, its client ends with 125; another status is of one that was
      # there, and that somebody took away.
      [ "$ir_status" = 125 ] || untold
      ir_cause=unstarted
      ;;
    # It still runs, or nobody knows.
    *) untold ;;
  esac
fi
"$ir_engine" rm --force --volumes "$ir_name" >/dev/null 2>&1 </dev/null
end "$ir_status" "$ir_cause"
