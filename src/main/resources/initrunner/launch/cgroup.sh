# Runs a command in its own cgroup, which enforces its limits, and reports how it ended.
#   run ID END MEMORY_BYTES CPU_QUOTA PROCESSES FILE_BLOCKS COMMAND...
#   clear ID        ends all that is left of the call: exit 0: gone, 1: still there
#   list            prints the IDs of all calls
# The quota is microseconds of each 100000; FILE_BLOCKS is blocks of 512 bytes, or `unlimited`. If a
# limit does not read back as it was written, the command does not run. Works with a hierarchy for
# each controller (version 1), and with one for all (version 2, as root only; other accounts have
# systemd-run).
# END is a format of `printf` for the report: it takes a status and a cause. Variables of this script
# begin with `ir_`, so that the command's environment stays as it was.
# Each process that this script starts is most of what a call costs: it uses builtins, one mkdir and
# one rmdir, and does not wait for the rmdir.

ir_root=/sys/fs/cgroup
ir_does=$1
ir_id=initrunner-${2-}
ir_memory= ir_cpu= ir_pids=

# In a container, a path in /proc/self/cgroup may exist on the container's host only.
of_controller() {
  if [ -d "$ir_root/$1$2" ]; then ir_found=$ir_root/$1${2%/}; else ir_found=$ir_root/$1; fi
}

while IFS=: read -r _ ir_controllers ir_path; do
  for ir_each in memory cpu pids; do
    case ,$ir_controllers, in
      *,$ir_each,*) of_controller $ir_each "$ir_path"; eval "ir_$ir_each=\$ir_found/$ir_id" ;;
    esac
  done
done </proc/self/cgroup
if [ -n "$ir_memory" ]; then
  ir_version=1
else
  ir_version=2
  ir_memory=$ir_root/initrunner/$ir_id
  ir_cpu=$ir_memory ir_pids=$ir_memory
fi

# In version 1, the cgroups of another login session are below that session's own.
in_any_session() {
  find "$@" -type d -name "$ir_id" 2>/dev/null
}

if [ "$ir_does" = list ]; then
  # shellcheck disable=SC2125 # a pattern for `find`
  ir_id=initrunner-?*
  in_any_session "$ir_root/memory/" "$ir_root/cpu/" "$ir_root/pids/" "$ir_root/initrunner/" |
    while IFS= read -r ir_dir; do
      echo "${ir_dir##*/initrunner-}"
    done
  exit
fi

# A cgroup stays busy while the kernel removes its last processes. This takes a moment, so the first
# tries do not wait. In version 2 such a process has the number 0, which to `kill` is this shell's
# own group.
clear() {
  ir_tries=0
  while
    rmdir "$ir_memory" "$ir_cpu" "$ir_pids" 2>/dev/null
    [ -d "$ir_memory" ] || [ -d "$ir_cpu" ] || [ -d "$ir_pids" ]
  do
    for ir_dir in "$ir_memory" "$ir_cpu" "$ir_pids"; do
      while read -r ir_pid; do
        [ "$ir_pid" = 0 ] || kill -KILL "$ir_pid"
      done <"$ir_dir/cgroup.procs"
    done 2>/dev/null
    ir_tries=$((ir_tries + 1))
    [ "$ir_tries" -lt 60 ] || return 1
    [ "$ir_tries" -lt 5 ] || sleep 0.05
  done
}

if [ "$ir_does" = clear ]; then
  for ir_each in memory cpu pids; do
    eval "ir_dir=\$ir_$ir_each"
    [ -d "$ir_dir" ] || ir_dir=$(in_any_session "$ir_root/$ir_each/" | head -n 1)
    [ -z "$ir_dir" ] || eval "ir_$ir_each=\$ir_dir"
  done
  clear
  exit
fi

ir_end=$3 ir_memory_bytes=$4 ir_quota=$5 ir_processes=$6 ir_file_blocks=$7
shift 7

end() {
  # The command may have set `tostop`: then the terminal stops a background process that writes.
  trap '' TTOU
  # shellcheck disable=SC2059 # it is a format
  printf "$ir_end" "$1" "$2" >&2
  exit "$1"
}

unstarted() {
  echo "initrunner: $1" >&2
  clear
  end 125 unstarted
}

limit() {
  { printf '%s' "$2" >"$1"; } 2>/dev/null && IFS= read -r ir_back <"$1" && [ "$ir_back" = "$2" ] ||
    unstarted "the limit $2 cannot be set in $1"
}

if [ "$ir_version" = 2 ]; then
  [ -d "$ir_root/initrunner" ] || mkdir -p "$ir_root/initrunner" 2>/dev/null
  for ir_parent in "$ir_root" "$ir_root/initrunner"; do
    { echo '+memory +cpu +pids' >"$ir_parent/cgroup.subtree_control"; } 2>/dev/null
  done
  mkdir "$ir_memory" 2>/dev/null || unstarted "no cgroup can be made at $ir_memory"
  limit "$ir_memory/memory.max" "$ir_memory_bytes"
  limit "$ir_memory/cpu.max" "$ir_quota 100000"
  limit "$ir_memory/pids.max" "$ir_processes"
  { echo 0 >"$ir_memory/memory.swap.max"; } 2>/dev/null
else
  mkdir "$ir_memory" "$ir_cpu" "$ir_pids" 2>/dev/null ||
    unstarted "no cgroup can be made at $ir_memory"
  limit "$ir_memory/memory.limit_in_bytes" "$ir_memory_bytes"
  { echo "$ir_memory_bytes" >"$ir_memory/memory.memsw.limit_in_bytes"; } 2>/dev/null
  limit "$ir_cpu/cpu.cfs_quota_us" "$ir_quota"
  limit "$ir_pids/pids.max" "$ir_processes"
fi

# The kernel takes 0 as the writing process. In version 1 `tasks` moves one thread without waiting.
enter() {
  if [ "$ir_version" = 2 ]; then
    echo 0 >"$ir_memory/cgroup.procs"
  else
    echo 0 >"$ir_memory/tasks" && echo 0 >"$ir_cpu/tasks" && echo 0 >"$ir_pids/tasks"
  fi
}

bound_files() {
  [ "$ir_file_blocks" != unlimited ] || return 0
  ulimit -f "$ir_file_blocks"
  ir_now=$(ulimit -f)
  [ "$ir_now" != unlimited ] && [ "$ir_now" -le "$ir_file_blocks" ]
}

# The shell that starts the command sends USR1 if it cannot.
ir_refused=
trap 'ir_refused=yes' USR1
(
  { enter && bound_files; } 2>/dev/null || {
    kill -USR1 $$
    exit 125
  }
  exec "$@"
)
ir_status=$?
[ -z "$ir_refused" ] || unstarted "the command cannot be held to its limits"

ir_cause=ended
if [ "$ir_status" != 0 ]; then
  ir_events=$ir_memory/memory.events
  [ "$ir_version" = 2 ] || ir_events=$ir_memory/memory.oom_control
  while read -r ir_name ir_count; do
    [ "$ir_name" != oom_kill ] || [ "$ir_count" = 0 ] || ir_cause=oom
  done <"$ir_events"
fi
# The caller does not wait until an empty cgroup is removed.
if { IFS= read -r _ <"$ir_memory/cgroup.procs"; } 2>/dev/null; then
  clear
else
  clear </dev/null >/dev/null 2>&1 &
fi
end "$ir_status" "$ir_cause"
