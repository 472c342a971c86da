# Stops every process that carries a cookie in its environment, and every process in a session of
# one that does. $1: the cookie's value; $2: tenths of a second between TERM and KILL.
# The last line of the output is the verdict: none, stopped, running or unknown.
variable=INITRUNNER_CALL
mark=$variable=$1
grace=$2
sessions=
ours=
pids=

# Sets $group and $session of the process $1; fails if it is gone or a zombie.
look() {
  IFS= read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  stat=${stat##*) }
  IFS=' ' read -r state parent group session rest <<END
$stat
END
  [ "$state" != Z ] && [ "$state" != X ]
}

find_in_proc() {
  pids=
  for file in $(grep -lsaF "$mark" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${file#/proc/}
    pid=${pid%/environ}
    look "$pid" || continue
    pids="$pids $pid"
    case " $ours $sessions " in *" $session "*) ;; *) sessions="$sessions $session" ;; esac
  done
  [ -n "$sessions" ] || return 0
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    look "$pid" || continue
    case " $sessions " in *" $session "*) ;; *) continue ;; esac
    case " $pids " in *" $pid "*) ;; *) pids="$pids $pid" ;; esac
  done
}

find_with_ps() {
  pids=$(ps axeww -o pid= -o command= 2>/dev/null | grep -F "$mark" | while read -r pid rest; do
    printf ' %s' "$pid"
  done)
}

find_all() {
  if [ -r /proc/self/environ ]; then find_in_proc; else find_with_ps; fi
}

pause() {
  sleep 0.1 2>/dev/null || sleep 1
}

if [ -r /proc/self/environ ]; then
  look $$ && ours=$session
elif ! ps axeww -o pid= >/dev/null 2>&1; then
  echo unknown
  exit 0
fi

find_all
if [ -z "$pids" ]; then
  echo none
  exit 0
fi
kill -s TERM $pids 2>/dev/null
# A stopped process acts on TERM only when it goes on.
kill -s CONT $pids 2>/dev/null
while [ "$grace" -gt 0 ]; do
  pause
  grace=$((grace - 1))
  find_all
  [ -n "$pids" ] || { echo stopped; exit 0; }
done
tries=20
while [ "$tries" -gt 0 ]; do
  kill -s KILL $pids 2>/dev/null
  pause
  tries=$((tries - 1))
  find_all
  [ -n "$pids" ] || { echo stopped; exit 0; }
done
echo running
