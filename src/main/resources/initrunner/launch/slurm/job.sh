# Runs the command in the job, by the bash of a node:
#   MEMORY_BYTES FILE_KIBIBYTES PROCESSES HOLD COMMAND...
# The job's memory limit must be at most MEMORY_BYTES (0: not checked). FILE_KIBIBYTES bounds a file
# and PROCESSES the account's processes (`unlimited`: unchanged); these two `must` or `may` hold.
# The first line of the input is the mark, and the rest is the command's input. If the job is
# cancelled, this shell gets TERM too. It catches TERM, so that it can report the end. Its own words
# about a killed command are discarded. Variables of this script begin with `ir_`, so that the
# command's environment stays as it was.

ir_most=$1 ir_kibibytes=$2 ir_processes=$3 ir_hold=$4
shift 4
[ "${SLURM_PROCID:-0}" = 0 ] || exit 0
IFS= read -r ir_mark
end() {
  printf '\n%s %s %s\n' "$ir_mark" "$1" "$2" >&2
  exit "$1"
}
refuse() {
  printf 'initrunner: node %s: %s\n' "${SLURMD_NODENAME:-unknown}" "$1" >&2
  end 126 unstarted
}
cd -- "$SLURM_SUBMIT_DIR" >/dev/null 2>&1 ||
  refuse "directory '$SLURM_SUBMIT_DIR' is not there"
if [ "$ir_most" != 0 ]; then
  ir_held=
  while IFS=: read -r _ ir_controllers ir_path; do
    case ",$ir_controllers," in
    *,memory,*) ir_file=/sys/fs/cgroup/memory$ir_path ir_file_name=memory.limit_in_bytes ;;
    ,,) ir_file=/sys/fs/cgroup$ir_path ir_file_name=memory.max ;;
    *) continue ;;
    esac
    while [ "$ir_file" != /sys/fs ]; do
      ir_bytes=
      IFS= read -r ir_bytes 2>/dev/null <"${ir_file%/}/$ir_file_name"
      case $ir_bytes in
      '' | *[!0-9]*) ;;
      *) [ "$ir_bytes" -gt "$ir_most" ] || ir_held=yes ;;
      esac
      ir_file=${ir_file%/*}
    done
  done </proc/self/cgroup
  [ -n "$ir_held" ] || refuse "the memory limit is not enforced: no control group holds it"
  ir_count=0
  while read -r ir_key ir_list; do
    [ "$ir_key" != Cpus_allowed_list: ] || break
  done </proc/self/status
  IFS=,
  for ir_range in $ir_list; do
    ir_count=$((ir_count + ${ir_range#*-} - ${ir_range%-*} + 1))
  done
  unset IFS
  [ "$ir_count" -le "${SLURM_CPUS_ON_NODE:-0}" ] ||
    refuse "the processor limit is not enforced: $ir_count may be used"
fi
holds() {
  [ "$2" != unlimited ] || return 0
  ir_now=$(ulimit "$1" "$2" 2>/dev/null; ulimit "$1")
  [ "$ir_now" != unlimited ] && [ "$ir_now" -le "$2" ]
}
if [ "$ir_hold" = must ]; then
  holds -f "$ir_kibibytes" || refuse "file_size_limit is not enforced: it reads $ir_now"
  holds -u "$ir_processes" || refuse "process_limit is not enforced: it reads $ir_now"
  [ "$ir_processes" = unlimited ] || [ "$(id -u)" != 0 ] ||
    refuse "process_limit is not enforced: no such limit holds root"
fi
set -m
exec 3>&2 2>/dev/null
trap 'ir_asked=yes; kill -TERM -$!' TERM
(
  set +m
  trap : TERM
  [ "$ir_kibibytes" = unlimited ] || ulimit -f "$ir_kibibytes"
  (
    [ "$ir_processes" = unlimited ] || ulimit -u "$ir_processes"
    exec "$@"
  ) 2>&3 3>&-
  exit $?
) &
while
  ir_asked=
  wait $!
  ir_status=$?
  [ -n "$ir_asked" ]
do :; done
exec 2>&3
end "$ir_status" ended
