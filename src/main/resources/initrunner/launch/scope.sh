# Runs a command in a scope of the account's own systemd, which enforces its limits, and reports how
# it ended. Works with the unified hierarchy only (version 2).
#   begin SELF NAME END MEMORY_BYTES CPU_QUOTA PROCESSES FILE_BLOCKS COMMAND...
#   run END MEMORY_BYTES CPU_QUOTA PROCESSES FILE_BLOCKS COMMAND...   (`begin` runs this)
#   clear NAME      ends all that is left of the call: exit 0: gone, 1: still there, or unknown
#   list            prints the names of all calls
# SELF is this script's text. The quota is microseconds of each 100000; FILE_BLOCKS is blocks of 512
# bytes, or `unlimited`. If a limit does not read back as it was asked for, the command does not
# run. END is a format of `printf` for the report: it takes a status and a cause. Variables of this
# script begin with `ir_`, so that the command's environment stays as it was.

ir_does=$1
shift

# A command's environment may lack the address of the account's systemd.
if [ -z "${XDG_RUNTIME_DIR-}" ] && [ "$ir_does" != run ]; then
  XDG_RUNTIME_DIR=/run/user/$(id -u)
  export XDG_RUNTIME_DIR
fi

case $ir_does in
  begin)
    ir_self=$1 ir_unit=initrunner-$2.scope ir_end=$3
    ir_memory=$4 ir_quota=$5 ir_processes=$6 ir_blocks=$7
    shift 7
    # The watching shell is one more process of the scope. Without a description, the journal would
    # hold the command's arguments.
    exec systemd-run --user --scope --quiet --collect --unit="$ir_unit" --description="$ir_unit" \
      -p MemoryMax="$ir_memory" -p MemorySwapMax=0 -p CPUQuota="$((ir_quota / 1000))%" \
      -p TasksMax="$((ir_processes + 1))" -- \
      sh -c "$ir_self" initrunner-scope run "$ir_end" \
      "$ir_memory" "$ir_quota" "$ir_processes" "$ir_blocks" "$@"
    ;;
  list)
    systemctl --user list-units --all --plain --no-legend 'initrunner-*.scope' |
      while read -r ir_unit _; do
        ir_unit=${ir_unit#initrunner-}
        echo "${ir_unit%.scope}"
      done
    exit
    ;;
  clear)
    ir_unit=initrunner-$1.scope
    ir_tries=60
    while :; do
      case $(systemctl --user show --property ActiveState --value "$ir_unit") in
        inactive | failed) exit 0 ;;
      esac
      [ "$ir_tries" -gt 0 ] || exit 1
      ir_tries=$((ir_tries - 1))
      systemctl --user kill --signal KILL "$ir_unit" 2>/dev/null
      sleep 0.05
    done
    ;;
esac

ir_end=$1 ir_memory=$2 ir_quota=$3 ir_processes=$4 ir_file_blocks=$5
shift 5

end() {
  # The command may have set `tostop`: then the terminal stops a background process that writes.
  trap '' TTOU
  # shellcheck disable=SC2059 # it is a format
  printf "$ir_end" "$1" "$2" >&2
  exit "$1"
}

unstarted() {
  echo "initrunner: $1" >&2
  end 125 unstarted
}

ir_scope=
while IFS=: read -r _ ir_controllers ir_path; do
  [ -n "$ir_controllers" ] || ir_scope=/sys/fs/cgroup$ir_path
done </proc/self/cgroup

limit() {
  { IFS= read -r ir_back <"$ir_scope/$1"; } 2>/dev/null && [ "$ir_back" = "$2" ] ||
    unstarted "the limit $2 does not hold in $ir_scope/$1"
}
limit memory.max "$ir_memory"
limit cpu.max "$ir_quota 100000"
limit pids.max "$((ir_processes + 1))"

if [ "$ir_file_blocks" != unlimited ]; then
  ulimit -f "$ir_file_blocks" 2>/dev/null
  ir_now=$(ulimit -f)
  [ "$ir_now" != unlimited ] && [ "$ir_now" -le "$ir_file_blocks" ] ||
    unstarted "files cannot be held to $ir_file_blocks blocks"
fi

# When the scope is out of memory, systemd sends TERM to all of it; this shell stays to report it.
# Its own words about a signal are discarded.
trap : TERM
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
ir_status=$?
exec 2>&3 3>&-

ir_cause=ended
if [ "$ir_status" != 0 ]; then
  while read -r ir_name ir_count; do
    [ "$ir_name" != oom_kill ] || [ "$ir_count" = 0 ] || ir_cause=oom
  done <"$ir_scope/memory.events"
fi
end "$ir_status" "$ir_cause"
