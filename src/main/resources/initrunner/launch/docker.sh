# Runs a command in a container of its own and says how it ended; or ends one that is left.
#   run ENGINE NAME MARK OPTION... IMAGE COMMAND...
#   stop ENGINE NAME        exit 0 gone, 1 still running, 2 not known

does=$1 engine=$2 name=$3

inspect() {
  "$engine" inspect --type container \
    --format '{{.State.Running}} {{.State.OOMKilled}} {{.State.StartedAt}}' "$name" </dev/null
}

# Whether it runs, whether it was out of memory, and since when it runs; or why that is not known.
# A client may warn of anything, so what it complains of counts only where it says nothing else.
state() {
  known=$(inspect 2>/dev/null)
  if [ -n "$known" ]; then printf '%s\n' "$known"; else inspect 2>&1; fi
}

if [ "$does" = stop ]; then
  tries=20
  while :; do
    said=$("$engine" rm --force --volumes "$name" 2>&1 </dev/null)
    now=$(state)
    case $now in *[Nn]'o such container'* | *[Nn]'o such object'*) exit 0 ;; esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || break
    sleep 0.1
  done
  printf '%s\n' "$said" "$now" >&2
  case $now in 'true '*) exit 1 ;; esac
  exit 2
fi

mark=$4
shift 4

end() {
  printf '\n%s %s %s\n' "$mark" "$1" "$2" >&2
  exit "$1"
}

# No word of an end.
untold() {
  printf '%s\n' "$now" >&2
  exit "$status"
}

cd -P .
case $PWD in
  *:*)
    echo "initrunner: a directory with a colon in its path cannot be mounted: $PWD" >&2
    end 125 unstarted
    ;;
esac

"$engine" run -v "$PWD:/work" "$@"
status=$?

cause=ended
if [ "$status" != 0 ]; then
  now=$(state)
  case $now in
    'false true '*) cause=oom ;;
    'false false 0001-'*) cause=unstarted ;;
    'false false '*) ;;
    *[Nn]'o such container'* | *[Nn]'o such object'*)
      # What the engine did not make, its client ends with 125; another status is of one that was
      # there, and that somebody took away.
      [ "$status" = 125 ] || untold
      cause=unstarted
      ;;
    # It still runs, or nobody knows.
    *) untold ;;
  esac
fi
"$engine" rm --force --volumes "$name" >/dev/null 2>&1 </dev/null
end "$status" "$cause"
