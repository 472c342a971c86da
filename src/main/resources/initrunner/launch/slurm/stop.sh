# Cancels the jobs of a name and waits until there are none: exit 0: gone, 1: still there, 2:
# unknown. The stop of `srun` gave the command time to end by itself, so KILL comes first. A job is
# gone after two empty answers in a row: srun may have submitted it just before it was stopped.

round=0 gone=0
while [ "$round" -lt 60 ]; do
  scancel --quiet --state=PENDING --name="$1" 2>/dev/null
  scancel --quiet --signal=KILL --name="$1" 2>/dev/null
  [ "$round" -lt 4 ] || scancel --quiet --name="$1" 2>/dev/null
  states=$(squeue --noheader --user="$(id -u)" --states=all --name="$1" --format=%T) || exit 2
  there= failed=
  for state in $states; do
    case $state in
    BOOT_FAIL | CANCELLED | COMPLETED | DEADLINE | FAILED | OUT_OF_MEMORY | PREEMPTED | \
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
    printf 'its node failed, and may still run it\n' >&2
    exit 2
  fi
  [ "$gone" != 2 ] || exit 0
  round=$((round + 1))
  sleep 0.2
done
printf 'job %s is still there: %s\n' "$1" "$states" >&2
exit 1
