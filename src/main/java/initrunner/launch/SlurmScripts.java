package initrunner.launch;

/// The scripts of the POSIX shell around one job. None of them holds a value of a role's: what
/// differs is in their arguments.
final class SlurmScripts {

  /// Runs `srun`, on the login node; the arguments are srun's. The first line of the input is the
  /// mark of the trailer, and the second is that of the job's: in an argument or a variable, the
  /// command could read it.
  ///
  /// The job's error output (srun's `--error`) takes another way than srun's own words, so that
  /// neither can be taken for the other: its words on the queue are told at once, the others when
  /// the job has ended, behind the trailer that the job wrote itself. A pipe with `cat` behind it
  /// is there because srun opens its `--error` by name, which a socket cannot be.
  static final String START =
      """
      IFS= read -r initrunner_mark
      unset SLURM_JOB_ID SLURM_JOBID SLURM_LABELIO SLURM_UNBUFFEREDIO SLURM_STDOUTMODE
      exec 3>&1 4>&2
      said=$({
        {
          "$@" 2>&8 9>&1 1>&3 3>&- 4>&- 8>&-
          printf '%s %s\\n' "$initrunner_mark" $? >&8
        } | cat >&4 3>&- 8>&-
      } 8>&1 | while IFS= read -r line; do
        case $line in
        *'queued and waiting for resources' | *'has been allocated resources')
          printf '%s\\n' "$line" >&4 ;;
        *) printf '%s\\n' "$line" ;;
        esac
      done)
      status=${said##*"$initrunner_mark "}
      said=${said%"$initrunner_mark "*}
      printf '%.3000s' "$said" >&2
      case $said in
      *'Out Of Memory'*) status=137 cause=oom ;;
      *'Unable to allocate resources'* | *'Unable to create step'* | *'allocation failure'* | \
        *'Unable to contact slurm controller'* | *'unrecognized option'* | *'srun: not found'* | \
        *'srun: command not found'*) cause=unstarted ;;
      *) cause=closed ;;
      esac
      printf '\\n%s %s %s\\n' "$initrunner_mark" "$status" "$cause" >&2
      """;

  /// Runs the command, in the job; the arguments are the most bytes of memory that the job may be
  /// held to (0: not to be looked at), kibibytes of a file and processes of the account
  /// (`unlimited`: as they are), whether these two `must` or `may` hold, and the command. The first
  /// line of the input is the mark, and the rest is the command's.
  ///
  /// A shell that only waited would die with the command where the job is cancelled, and say
  /// nothing: so it catches TERM. What it would say itself of a killed command is not the command's
  /// own and goes nowhere.
  static final String JOB =
      """
      most=$1 kibibytes=$2 processes=$3 hold=$4
      shift 4
      [ "${SLURM_PROCID:-0}" = 0 ] || exit 0
      IFS= read -r initrunner_mark
      end() {
        printf '\\n%s %s %s\\n' "$initrunner_mark" "$1" "$2" >&2
        exit "$1"
      }
      refuse() {
        printf 'initrunner: node %s: %s\\n' "${SLURMD_NODENAME:-unknown}" "$1" >&2
        end 126 unstarted
      }
      cd -- "$SLURM_SUBMIT_DIR" >/dev/null 2>&1 ||
        refuse "directory '$SLURM_SUBMIT_DIR' is not there"
      if [ "$most" != 0 ]; then
        held=
        while IFS=: read -r _ controllers path; do
          case ",$controllers," in
          *,memory,*) file=/sys/fs/cgroup/memory$path file_name=memory.limit_in_bytes ;;
          ,,) file=/sys/fs/cgroup$path file_name=memory.max ;;
          *) continue ;;
          esac
          while [ "$file" != /sys/fs ]; do
            bytes=
            IFS= read -r bytes 2>/dev/null <"${file%/}/$file_name"
            case $bytes in
            '' | *[!0-9]*) ;;
            *) [ "$bytes" -gt "$most" ] || held=yes ;;
            esac
            file=${file%/*}
          done
        done </proc/self/cgroup
        [ -n "$held" ] || refuse "the memory limit is not enforced: no control group holds it"
        count=0
        while read -r key list; do
          [ "$key" != Cpus_allowed_list: ] || break
        done </proc/self/status
        IFS=,
        for range in $list; do
          count=$((count + ${range#*-} - ${range%-*} + 1))
        done
        unset IFS
        [ "$count" -le "${SLURM_CPUS_ON_NODE:-0}" ] ||
          refuse "the processor limit is not enforced: $count may be used"
      fi
      holds() {
        [ "$2" != unlimited ] || return 0
        now=$(ulimit "$1" "$2" 2>/dev/null; ulimit "$1")
        [ "$now" != unlimited ] && [ "$now" -le "$2" ]
      }
      if [ "$hold" = must ]; then
        holds -f "$kibibytes" || refuse "file_size_limit is not enforced: it reads $now"
        holds -u "$processes" || refuse "process_limit is not enforced: it reads $now"
        [ "$processes" = unlimited ] || [ "$(id -u)" != 0 ] ||
          refuse "process_limit is not enforced: no such limit holds root"
      fi
      set -m
      exec 3>&2 2>/dev/null
      trap 'asked=yes; kill -TERM -$!' TERM
      (
        set +m
        trap : TERM
        [ "$kibibytes" = unlimited ] || ulimit -f "$kibibytes"
        (
          [ "$processes" = unlimited ] || ulimit -u "$processes"
          exec "$@"
        ) 2>&3 3>&-
        exit $?
      ) &
      while
        asked=
        wait $!
        status=$?
        [ -n "$asked" ]
      do :; done
      exec 2>&3
      end "$status" ended
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
