# Runs a command in its own container and reports how it ended, or removes the container of a call.
#   run ENGINE NAME END OPTION... IMAGE COMMAND...
#   stop ENGINE NAME        exit 0: gone, 1: still running, 2: unknown
# END is a format of `printf` for the report: it takes a status and a cause. Variables of this script
# begin with `ir_`, so that the command's environment stays as it was.

ir_does=$1 ir_engine=$2 ir_name=$3

inspect() {
  "$ir_engine" inspect --type container \
    --format '{{.State.Running}} {{.State.OOMKilled}} {{.State.StartedAt}}' "$ir_name" </dev/null
}

# Prints whether the container runs, whether it was out of memory, and when it started; or why that
# is unknown. A client may print warnings, so its error output counts only if it prints nothing
# else.
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

ir_end=$4
shift 4

end() {
  # shellcheck disable=SC2059 # it is a format
  printf "$ir_end" "$1" "$2" >&2
  exit "$1"
}

# Exits without a trailer: how the command ended is unknown.
unknown() {
  printf '%s\n' "$ir_now" >&2
  exit "$ir_status"
}

# shellcheck disable=SC2164 # the engine refuses a missing directory
cd -P .
case $PWD in
  *:*)
    echo "initrunner: a directory with a colon in its path cannot be mounted: $PWD" >&2
    end 125 unstarted
    ;;
esac

# A client that is just starting a container misses a new size of its terminal.
remind() {
  for _ in 1 2 3 4 5; do
    sleep 1
    kill -s WINCH 0
  done
}
ir_reminder=
if [ -t 0 ]; then
  remind &
  ir_reminder=$!
fi

"$ir_engine" run -v "$PWD:/work" "$@"
ir_status=$?
[ -z "$ir_reminder" ] || kill "$ir_reminder" 2>/dev/null

ir_cause=ended
if [ "$ir_status" != 0 ]; then
  ir_now=$(state)
  case $ir_now in
    'false true '*) ir_cause=oom ;;
    'false false 0001-'*) ir_cause=unstarted ;;
    'false false '*) ;;
    *[Nn]'o such container'* | *[Nn]'o such object'*)
      # If the engine made no container, its client ends with 125. With any other status there was
      # one, and another program removed it.
      [ "$ir_status" = 125 ] || unknown
      ir_cause=unstarted
      ;;
    # The container still runs, or the engine does not answer.
    *) unknown ;;
  esac
fi
"$ir_engine" rm --force --volumes "$ir_name" >/dev/null 2>&1 </dev/null
end "$ir_status" "$ir_cause"
