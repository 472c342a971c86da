# Prints the limits of a container, as the kernel has them, on five lines: memory in bytes;
# processor time in one period; the period; processes; the size of a file in blocks. Works with both
# hierarchies.

first() {
  for file; do
    [ -r "$file" ] || continue
    read -r a b <"$file"
    echo "$a $b"
    return
  done
  echo unknown
}

cd /sys/fs/cgroup || exit 0
first memory.max memory/memory.limit_in_bytes
first cpu.max cpu/cpu.cfs_quota_us cpu,cpuacct/cpu.cfs_quota_us
first cpu/cpu.cfs_period_us cpu,cpuacct/cpu.cfs_period_us cpu.max
first pids.max pids/pids.max
{ ulimit -f || echo unknown; } 2>/dev/null
