# Runs a command in a cgroup of its own, which holds it to its limits, and says how it ended.
#   run ID MARK MEMORY_BYTES CPU_QUOTA PROCESSES FILE_BLOCKS COMMAND...
#   clear ID        ends all that is left of it: exit 0 gone, 1 still there
#   list            the IDs that there are
# The quota is in microseconds of each 100000; a block of a file is 512 bytes, or `unlimited`. A
# limit that does not read back as it was written keeps the command from running. Both hierarchies
# are known: a tree for each controller (version 1), or one for all (version 2, as root only; others
# have systemd-run).
# A process more is most of what a call costs here: so builtins, one mkdir and rmdir for all, and
# nobody waits for the latter.

root=/sys/fs/cgroup
does=$1
id=initrunner-${2-}
memory= cpu= pids=

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
if [ -n "$memory" ]; then
  version=1
else
  version=2
  memory=$root/initrunner/$id cpu=$root/initrunner/$id pids=$root/initrunner/$id
fi

# Those of another login session stand below that session's own, in version 1.
wherever() {
  find "$@" -type d -name "$id" 2>/dev/null
}

if [ "$does" = list ]; then
  id=initrunner-?*
  wherever "$root/memory/" "$root/cpu/" "$root/pids/" "$root/initrunner/" |
    while IFS= read -r dir; do
      echo "${dir##*/initrunner-}"
    done
  exit
fi

# What the kernel is still taking apart is busy for a moment: the first tries do not wait. A process
# that is being taken apart has the number 0 in version 2, which to `kill` is this shell's own group.
clear() {
  tries=0
  while
    rmdir "$memory" "$cpu" "$pids" 2>/dev/null
    [ -d "$memory" ] || [ -d "$cpu" ] || [ -d "$pids" ]
  do
    for dir in "$memory" "$cpu" "$pids"; do
      while read -r pid; do
        [ "$pid" = 0 ] || kill -KILL "$pid"
      done <"$dir/cgroup.procs"
    done 2>/dev/null
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || return 1
    [ "$tries" -lt 5 ] || sleep 0.05
  done
}

if [ "$does" = clear ]; then
  for each in memory cpu pids; do
    eval "dir=\$$each"
    [ -d "$dir" ] || dir=$(wherever "$root/$each/" | head -n 1)
    [ -z "$dir" ] || eval "$each=\$dir"
  done
  clear
  exit
fi

mark=$3 memory_bytes=$4 quota=$5 processes=$6 file_blocks=$7
shift 7

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
  [ -d "$root/initrunner" ] || mkdir -p "$root/initrunner" 2>/dev/null
  for parent in "$root" "$root/initrunner"; do
    { echo '+memory +cpu +pids' >"$parent/cgroup.subtree_control"; } 2>/dev/null
  done
  mkdir "$memory" 2>/dev/null || unstarted "no cgroup can be made at $memory"
  limit "$memory/memory.max" "$memory_bytes"
  limit "$memory/cpu.max" "$quota 100000"
  limit "$memory/pids.max" "$processes"
  { echo 0 >"$memory/memory.swap.max"; } 2>/dev/null
else
  mkdir "$memory" "$cpu" "$pids" 2>/dev/null || unstarted "no cgroup can be made at $memory"
  limit "$memory/memory.limit_in_bytes" "$memory_bytes"
  { echo "$memory_bytes" >"$memory/memory.memsw.limit_in_bytes"; } 2>/dev/null
  limit "$cpu/cpu.cfs_quota_us" "$quota"
  limit "$pids/pids.max" "$processes"
fi

# What writes 0 moves itself. A task alone waits for no other, where that may be written.
enter() {
  if [ "$version" = 2 ]; then
    echo 0 >"$memory/cgroup.procs"
  else
    echo 0 >"$memory/tasks" && echo 0 >"$cpu/tasks" && echo 0 >"$pids/tasks"
  fi
}

bound_files() {
  [ "$file_blocks" != unlimited ] || return 0
  ulimit -f "$file_blocks"
  now=$(ulimit -f)
  [ "$now" != unlimited ] && [ "$now" -le "$file_blocks" ]
}

# The shell that starts the command tells this one where it could not.
refused=
trap 'refused=yes' USR1
(
  { enter && bound_files; } 2>/dev/null || {
    kill -USR1 $$
    exit 125
  }
  exec "$@"
)
status=$?
[ -z "$refused" ] || unstarted "the command cannot be held to its limits"

cause=ended
if [ "$status" != 0 ]; then
  if [ "$version" = 2 ]; then events=$memory/memory.events; else events=$memory/memory.oom_control; fi
  while read -r name count; do
    [ "$name" != oom_kill ] || [ "$count" = 0 ] || cause=oom
  done <"$events"
fi
# An empty one is taken away while the caller goes on.
if { IFS= read -r _ <"$memory/cgroup.procs"; } 2>/dev/null; then
  clear
else
  clear </dev/null >/dev/null 2>&1 &
fi
end "$status" "$cause"
