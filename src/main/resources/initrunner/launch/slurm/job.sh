# Runs the command in the job, by the bash of a node:
#   END OPENING MEMORY_BYTES FILE_KIBIBYTES PROCESSES HOLD COMMAND...
# The job's memory limit must be at most MEMORY_BYTES (0: not checked). FILE_KIBIBYTES bounds a file
# and PROCESSES the account's processes (`unlimited`: unchanged); these two `must` or `may` hold.
# END is as in start.sh: where it is `-`, the first line of the input is the format, and the rest is
# the command's input. On a terminal OPENING is the format of what says that the command is about to
# start; else it is empty. If the job is cancelled, this shell gets TERM too. It catches TERM, so that
# it can report the end. Its own words about a killed command are discarded. Variables of this script
# begin with `ir_`, so that the command's environment stays as it was.

ir_end=$1 ir_opening=$2 ir_most=$3 ir_kibibytes=$4 ir_processes=$5 ir_hold=$6
shift 6
[ "${SLURM_PROCID:-0}" = 0 ] || exit 0
[ "$ir_end" != - ] || IFS= read -r ir_end
end() {
  # shellcheck disable=SC2059 # it is a format
  printf "$ir_end" "$1" "$2" >&2
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
run() {
  [ "$ir_kibibytes" = unlimited ] || ulimit -f "$ir_kibibytes"
  (
    [ "$ir_processes" = unlimited ] || ulimit -u "$ir_processes"
    exec "$@"
  ) 2>&3 3>&-
}
exec 3>&2 2>/dev/null
if [ -n "$ir_opening" ]; then
  # The terminal's keys go to the group in front, which is this shell's.
  trap : INT QUIT TERM
  # shellcheck disable=SC2059 # it is a format
  printf "$ir_opening" >&3
  (run "$@")
  ir_status=$?
else
  set -m
  trap 'ir_asked=yes; kill -TERM -$!' TERM
  (
    set +m
    trap : TERM
    run "$@"
    exit $?
  ) &
  while
    ir_asked=
    wait $!
    ir_status=$?
    [ -n "$ir_asked" ]
  do :; done
fi
exec 2>&3
end "$ir_status" ended
