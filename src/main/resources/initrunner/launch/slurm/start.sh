# Runs `srun` on the login node:
#   END SRUN ARGUMENT...
# END is a format of `printf` for this script's report: it takes a status and a cause. Where it is
# `-`, it is the first line of the input, and the second is that of the job's report: the command
# could read an argument or a variable. On a terminal it is an argument: a terminal would show it.
# The job's error output (`srun --error`) and srun's own words travel apart, so that
# one cannot pass for the other. This script prints srun's words about the queue at once, and its
# other words after the job's own trailer. srun opens the file of `--error` by name, which does not
# work with a socket, so the error output goes through a pipe to `cat`. Variables of this script
# begin with `ir_`, so that the command's environment stays as it was.

ir_end=$1
shift
[ "$ir_end" != - ] || IFS= read -r ir_end
unset SLURM_JOB_ID SLURM_JOBID SLURM_LABELIO SLURM_UNBUFFEREDIO SLURM_STDOUTMODE
exec 3>&1 4>&2
ir_said=$({
  {
    "$@" 2>&8 9>&1 1>&3 3>&- 4>&- 8>&-
    printf '%s %s\n' "$ir_end" $? >&8
  } | cat >&4 3>&- 8>&-
} 8>&1 | while IFS= read -r ir_line; do
  case $ir_line in
  *'queued and waiting for resources' | *'has been allocated resources')
    printf '%s\n' "$ir_line" >&4 ;;
  *) printf '%s\n' "$ir_line" ;;
  esac
done)
ir_status=${ir_said##*"$ir_end "}
ir_said=${ir_said%"$ir_end "*}
printf '%.3000s' "$ir_said" >&2
case $ir_said in
*'Out Of Memory'*) ir_status=137 ir_cause=oom ;;
*'Unable to allocate resources'* | *'Unable to create step'* | *'allocation failure'* | \
  *'Unable to contact slurm controller'* | *'unrecognized option'* | *'srun: not found'* | \
  *'srun: command not found'*) ir_cause=unstarted ;;
*) ir_cause=closed ;;
esac
# shellcheck disable=SC2059 # it is a format
printf "$ir_end" "$ir_status" "$ir_cause" >&2
