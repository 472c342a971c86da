package initrunner.launch.slurm;

/// The scripts of the POSIX shell around one job. None of them holds a value of a role's: what
/// differs is in their arguments. The command finds its environment as it was: variables of what
/// stays around it begin with `ir_`.
public final class SlurmScripts {

  /// Runs `srun`, on the login node; the arguments are srun's. The first line of the input is the
  /// mark of the trailer, and the second is that of the job's: in an argument or a variable, the
  /// command could read it.
  ///
  /// The job's error output (srun's `--error`) takes another way than srun's own words, so that
  /// neither can be taken for the other: its words on the queue are told at once, the others when
  /// the job has ended, behind the trailer that the job wrote itself. A pipe with `cat` behind it
  /// is there because srun opens its `--error` by name, which a socket cannot be.
  public static final String START =
      """
      IFS= read -r ir_mark
      unset SLURM_JOB_ID SLURM_JOBID SLURM_LABELIO SLURM_UNBUFFEREDIO SLURM_STDOUTMODE
      exec 3>&1 4>&2
      ir_said=$({
        {
          "$@" 2>&8 9>&1 1>&3 3>&- 4>&- 8>&-
          printf '%s %s\\n' "$ir_mark" $? >&8
        } | cat >&4 3>&- 8>&-
      } 8>&1 | while IFS= read -r ir_line; do
        case $ir_line in
        *'queued and waiting for resources' | *'has been allocated resources')
          printf '%s\\n' "$ir_line" >&4 ;;
        *) printf '%s\\n' "$ir_line" ;;
        esac
      done)
      ir_status=${ir_said##*"$ir_mark "}
      ir_said=${ir_said%"$ir_mark "*}
      printf '%.3000s' "$ir_said" >&2
      case $ir_said in
      *'Out Of Memory'*) ir_status=137 ir_cause=oom ;;
      *'Unable to allocate resources'* | *'Unable to create step'* | *'allocation failure'* | \
        *'Unable to contact slurm controller'* | *'unrecognized option'* | *'srun: not found'* | \
        *'srun: command not found'*) ir_cause=unstarted ;;
      *) ir_cause=closed ;;
      esac
      printf '\\n%s %s %s\\n' "$ir_mark" "$ir_status" "$ir_cause" >&2
      """;

  /// Runs the command, in the job; the arguments are the most bytes of memory that the job may be
  /// held to (0: not to be looked at), kibibytes of a file and processes of the account
  /// (`unlimited`: as they are), whether these two `must` or `may` hold, and the command. The first
  /// line of the input is the mark, and the rest is the command's.
  ///
  /// A shell that only waited would die with the command where the job is cancelled, and say
  /// nothing: so it catches TERM. What it would say itself of a killed command is not the command's
  /// own and goes nowhere.
  public static final String JOB =
      """
      ir_most=$1 ir_kibibytes=$2 ir_processes=$3 ir_hold=$4
      shift 4
      [ "${SLURM_PROCID:-0}" = 0 ] || exit 0
      IFS= read -r ir_mark
      end() {
        printf '\\n%s %s %s\\n' "$ir_mark" "$1" "$2" >&2
        exit "$1"
      }
      refuse() {
        printf 'initrunner: node %s: %s\\n' "${SLURMD_NODENAME:-unknown}" "$1" >&2
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
      """;

  /// Cancels the jobs of a name and waits until there is none. Whoever stopped `srun` has given
  /// them time to end in order. Two empty answers in a row, because srun may have asked for the job
  /// at the very moment in which it was stopped.
  static final String STOP =
      """
      round=0 gone=0
      while [ "$round" -lt 60 ]; do
        scancel --quiet --state=PENDING --name="$1" 2>/dev/null
        scancel --quiet --signal=KILL --name="$1" 2>/dev/null
        [ "$round" -lt 4 ] || scancel --quiet --name="$1" 2>/dev/null
        states=$(squeue --noheader --user="$(id -u)" --states=all --name="$1" --format=%T) || exit 2
        there= failed=
        for state in $states; do
          case $state in
          BOOT_FAIL | CANCELLED | COMPLETED | DEADLINE | FAILED | OUT_OF_MEMORY | PREEMPTED | \\
            REVOKED | TIMEOUT) ;;
          NODE_FAIL) failed=yes ;;
          *) there=yes ;;
          esac
        done
        if [ -n "$there" ]; then
          gone=0
        else
          gone=$((gone + 1))
        fi
        if [ "$gone" = 2 ] && [ -n "$failed" ]; then
          printf 'its node failed, and may still run it\\n' >&2
          exit 2
        fi
        [ "$gone" != 2 ] || exit 0
        round=$((round + 1))
        sleep 0.2
      done
      printf 'job %s is still there: %s\\n' "$1" "$states" >&2
      exit 1
      """;

  private SlurmScripts() {}
}
