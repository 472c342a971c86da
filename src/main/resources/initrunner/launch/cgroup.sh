# Runs a command in a cgroup of its own, which holds it to its limits, and says how it ended.
#   run ID MARK MEMORY_BYTES CPU_QUOTA PROCESSES COMMAND...
#   clear ID        ends all that is left of it: exit 0 gone, 1 still there
# The quota is in microseconds of each 100000. A limit that does not read back as it was written
# keeps the command from running. Both hierarchies are known: a tree for each controller (version 1),
# or one for all (version 2, as root only; others have systemd-run).

root=/sys/fs/cgroup
does=$1
id=initrunner-$2
memory= cpu= pids= dirs=

# A path in /proc/self/cgroup may be one that only the host of this container sees.
of_controller() {
  if [ -d "$root/$1$2" ]; then found=$root/$1${2%/}; else found=$root/$1; fi
}

while IFS=: read -r _ controllers path; do
  for each in memory cpu pids; do
    case ,$controllers, in
      *,$each,*) of_controller $each "$path"; eval "$each=\$found/$id" ;;
    esac
  done
done </proc/self/cgroup
if [ -z "$memory" ]; then
  version=2
  memory=$root/initrunner/$id
  dirs=$memory
else
  version=1
  dirs="$memory $cpu $pids"
fi

clear() {
  tries=50
  for dir in $dirs; do
    while [ -d "$dir" ] && ! rmdir "$dir" 2>/dev/null; do
      while read -r pid; do kill -KILL "$pid" 2>/dev/null; done <"$dir/cgroup.procs"
      tries=$((tries - 1))
      [ "$tries" -gt 0 ] || return 1
      sleep 0.05
    done
  done
}

if [ "$does" = clear ]; then
  clear
  exit
fi

mark=$3 memory_bytes=$4 quota=$5 processes=$6
shift 6

end() {
  printf '\n%s %s %s\n' "$mark" "$1" "$2" >&2
  exit "$1"
}

unstarted() {
  echo "initrunner: $1" >&2
  clear
  end 125 unstarted
}

limit() {
  { printf '%s' "$2" >"$1"; } 2>/dev/null && IFS= read -r back <"$1" && [ "$back" = "$2" ] ||
    unstarted "the limit $2 cannot be set in $1"
}

if [ "$version" = 2 ]; then
  mkdir -p "$root/initrunner" 2>/dev/null
  for parent in "$root" "$root/initrunner"; do
    { echo '+memory +cpu +pids' >"$parent/cgroup.subtree_control"; } 2>/dev/null
  done
fi
for dir in $dirs; do
  mkdir "$dir" 2>/dev/null || unstarted "no cgroup can be made at $dir"
done
if [ "$version" = 2 ]; then
  limit "$memory/memory.max" "$memory_bytes"
  limit "$memory/cpu.max" "$quota 100000"
  limit "$memory/pids.max" "$processes"
  { echo 0 >"$memory/memory.swap.max"; } 2>/dev/null
else
  limit "$memory/memory.limit_in_bytes" "$memory_bytes"
  { echo "$memory_bytes" >"$memory/memory.memsw.limit_in_bytes"; } 2>/dev/null
  limit "$cpu/cpu.cfs_quota_us" "$quota"
  limit "$pids/pids.max" "$processes"
fi

# What writes 0 moves itself.
sh -c 'for dir in $0; do echo 0 >"$dir/cgroup.procs" || exit 125; done; exec "$@"' "$dirs" "$@"
status=$?

cause=ended
if [ "$status" != 0 ]; then
  if [ "$version" = 2 ]; then events=$memory/memory.events; else events=$memory/memory.oom_control; fi
  while read -r name count; do
    [ "$name" != oom_kill ] || [ "$count" = 0 ] || cause=oom
  done <"$events"
fi
clear
end "$status" "$cause"
