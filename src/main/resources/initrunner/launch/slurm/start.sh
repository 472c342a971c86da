# Runs `srun` on the login node; the arguments are srun's. The first line of the input is the mark
# of this script's trailer, the second that of the job's trailer: the command could read an argument
# or a variable. The job's error output (`srun --error`) and srun's own words travel apart, so that
# one cannot pass for the other. This script prints srun's words about the queue at once, and its
# other words after the job's own trailer. srun opens the file of `--error` by name, which does not
# work with a socket, so the error output goes through a pipe to `cat`. Variables of this script
# begin with `ir_`, so that the command's environment stays as it was.

IFS= read -r ir_mark
unset SLURM_JOB_ID SLURM_JOBID SLURM_LABELIO SLURM_UNBUFFEREDIO SLURM_STDOUTMODE
exec 3>&1 4>&2
ir_said=$({
  {
    "$@" 2>&8 9>&1 1>&3 3>&- 4>&- 8>&-
    printf '%s %s\n' "$ir_mark" $? >&8
  } | cat >&4 3>&- 8>&-
} 8>&1 | while IFS= read -r ir_line; do
  case $ir_line in
  *'queued and waiting for resources' | *'has been allocated resources')
    printf '%s\n' "$ir_line" >&4 ;;
  *) printf '%s\n' "$ir_line" ;;
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
printf '\n%s %s %s\n' "$ir_mark" "$ir_status" "$ir_cause" >&2
