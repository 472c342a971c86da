# Runs a command in a scope of the account's own systemd, which holds it to its limits, and says how
# it ended. Only where the hierarchy is the unified one (version 2).
#   begin SELF NAME MARK MEMORY_BYTES CPU_QUOTA PROCESSES FILE_BLOCKS COMMAND...
#   run MARK MEMORY_BYTES CPU_QUOTA PROCESSES FILE_BLOCKS COMMAND...   what `begin` runs in the scope
#   clear NAME      ends all that is left of it: exit 0 gone, 1 still there, or nobody knows
#   list            the names that there are
# SELF is this text. The quota is in microseconds of each 100000; a block of a file is 512 bytes, or
# `unlimited`. A limit that does not read back as it was asked for keeps the command from running.

does=$1
shift

# A command's environment need not say where the account's systemd is to be found.
if [ -z "${XDG_RUNTIME_DIR-}" ] && [ "$does" != run ]; then
  XDG_RUNTIME_DIR=/run/user/$(id -u)
  export XDG_RUNTIME_DIR
fi

case $does in
  begin)
    self=$1 unit=initrunner-$2.scope mark=$3 memory=$4 quota=$5 processes=$6 blocks=$7
    shift 7
    # The shell that watches is a process of the scope as well. Without a description, the journal
    # would hold the command with its arguments.
    exec systemd-run --user --scope --quiet --collect --unit="$unit" --description="$unit" \
      -p MemoryMax="$memory" -p MemorySwapMax=0 -p CPUQuota="$((quota / 1000))%" \
      -p TasksMax="$((processes + 1))" -- \
      sh -c "$self" initrunner-scope run "$mark" "$memory" "$quota" "$processes" "$blocks" "$@"
    ;;
  list)
    systemctl --user list-units --all --plain --no-legend 'initrunner-*.scope' |
      while read -r unit _; do
        unit=${unit#initrunner-}
        echo "${unit%.scope}"
      done
    exit
    ;;
  clear)
    unit=initrunner-$1.scope
    tries=60
    while :; do
      case $(systemctl --user show --property ActiveState --value "$unit") in
        inactive | failed) exit 0 ;;
      esac
      [ "$tries" -gt 0 ] || exit 1
      tries=$((tries - 1))
      systemctl --user kill --signal KILL "$unit" 2>/dev/null
      sleep 0.05
    done
    ;;
esac

mark=$1 memory=$2 quota=$3 processes=$4 file_blocks=$5
shift 5

end() {
  printf '\n%s %s %s\n' "$mark" "$1" "$2" >&2
  exit "$1"
}

unstarted() {
  echo "initrunner: $1" >&2
  end 125 unstarted
}

scope=
while IFS=: read -r _ controllers path; do
  [ -n "$controllers" ] || scope=/sys/fs/cgroup$path
done </proc/self/cgroup

limit() {
  { IFS= read -r back <"$scope/$1"; } 2>/dev/null && [ "$back" = "$2" ] ||
    unstarted "the limit $2 does not hold in $scope/$1"
}
limit memory.max "$memory"
limit cpu.max "$quota 100000"
limit pids.max "$((processes + 1))"

if [ "$file_blocks" != unlimited ]; then
  ulimit -f "$file_blocks" 2>/dev/null
  now=$(ulimit -f)
  [ "$now" != unlimited ] && [ "$now" -le "$file_blocks" ] ||
    unstarted "files cannot be held to $file_blocks blocks"
fi

# What is out of memory has its whole scope told to end by systemd; the one that tells of it stays.
trap : TERM
# Nor is what this shell says of a signal the command's.
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
status=$?
exec 2>&3 3>&-

cause=ended
if [ "$status" != 0 ]; then
  while read -r name count; do
    [ "$name" != oom_kill ] || [ "$count" = 0 ] || cause=oom
  done <"$scope/memory.events"
fi
end "$status" "$cause"
