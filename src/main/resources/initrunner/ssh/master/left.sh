# Ends each process that carries the cookie of a call, $1, in its environment: InitRunner was killed
# during that call. No program reads an answer.

cd /
# As a pattern it does not match itself on a command line.
pattern="INITRUNNER_CALL=[0-9a-f.]*[${1%"${1#?}"}]${1#?}"

find_all() {
  if [ -r /proc/self/environ ]; then
    for file in $(LC_ALL=C grep -ls "$pattern" /proc/[0-9]*/environ); do
      file=${file%/environ}
      echo "${file#/proc/}"
    done
  else
    ps axeww -o pid= -o command= | grep "$pattern" | while read -r pid _; do echo "$pid"; done
  fi
}

for signal in TERM KILL; do
  pids=$(find_all)
  [ -n "$pids" ] || exit 0
  # shellcheck disable=SC2086 # one word a process
  kill -s "$signal" $pids
  [ "$signal" = KILL ] || sleep 2
done
