# Stops every process that carries a cookie in its environment, and every process in a session of
# one that does. $1 and $2: the two halves of the cookie's value, apart so that no command line of
# ours holds it whole; $3: tenths of a second between TERM and KILL; $4: a process known to belong
# to the call, or nothing. The last line of the output is the verdict: none, stopped, running or
# unknown.

# Here and not before it is started: a restricted login shell lets nobody change the directory.
cd /
variable=INITRUNNER_CALL
mark=$variable=$1$2
# As a pattern it does not match itself on the command line of the grep that looks for it.
pattern="$variable=[${1%"${1#?}"}]${1#?}$2"
grace=$3
known=$4
sessions=
ours=none
pids=
groups=

# Sets $state, $group and $session of the process $1; fails if it is gone or a zombie. Its name
# stands in parentheses and may hold anything, newlines and parentheses included.
look() {
  stat=
  while IFS= read -r line || [ -n "$line" ]; do stat=$line; done <"/proc/$1/stat"
  set -- ${stat##*")"}
  state=$1 group=$3 session=$4
  case $state in '' | Z | X) return 1 ;; esac
  [ -n "$session" ]
}

add() {
  case " $pids " in *" $1 "*) return ;; esac
  look "$1" || return
  pids="$pids $1"
  [ "$session" != "$ours" ] || return
  case " $sessions " in *" $session "*) ;; *) sessions="$sessions $session" ;; esac
  case " $groups " in *" $group "*) ;; *) groups="$groups $group" ;; esac
}

holds_mark() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *"$mark"*) return 0 ;; esac
  done <"$1"
  return 1
}

in_a_session_of_theirs() {
  look "$1" || return
  case " $sessions " in *" $session "*) return 0 ;; esac
  return 1
}

find_in_proc() {
  groups=
  if [ -n "$known" ]; then
    add "$known"
    known=
  fi
  if [ "$searches" = grep ]; then
    for file in $(LC_ALL=C grep -lsa "$pattern" /proc/[0-9]*/environ); do
      # It may be gone before it is looked at, and have left another in its place.
      glimpsed=yes
      file=${file%/environ}
      add "${file#/proc/}"
    done
    [ -n "$sessions" ] || return
    any=$(printf '|%s' $sessions)
    for file in $(LC_ALL=C grep -lsaE "[)] [^ZX] [0-9]+ [0-9]+ (${any#|}) [^)]*$" /proc/[0-9]*/stat)
    do
      file=${file%/stat}
      add "${file#/proc/}"
    done
  else
    for directory in /proc/[0-9]*; do
      holds_mark "$directory/environ" && add "${directory#/proc/}"
    done
    for directory in /proc/[0-9]*; do
      in_a_session_of_theirs "${directory#/proc/}" && add "${directory#/proc/}"
    done
  fi
}

find_with_ps() {
  for pair in $(ps axeww -o pid= -o pgid= -o command= | grep "$pattern" |
    while read -r pid group rest; do echo "$pid:$group"; done); do
    pids="$pids ${pair%:*}"
    group=${pair#*:}
    [ "$group" != "$ours" ] || continue
    case " $groups " in *" $group "*) ;; *) groups="$groups $group" ;; esac
  done
  for pair in $(ps ax -o pid= -o pgid= -o stat= |
    while read -r pid group state; do
      case $state in Z*) continue ;; esac
      case " $groups " in *" $group "*) echo "$pid" ;; esac
    done); do
    case " $pids " in *" $pair "*) ;; *) pids="$pids $pair" ;; esac
  done
}

find_all() {
  pids=
  glimpsed=no
  if [ "$searches" = ps ]; then find_with_ps; else find_in_proc; fi
  [ -n "$pids" ] || [ $glimpsed = yes ]
}

# A group takes a signal as a whole: none of it can fork away meanwhile.
signal() {
  targets=
  for group in $groups; do targets="$targets -$group"; done
  kill -s "$1" -- $targets $pids
}

# Sets $paused to the tenths of a second that it took.
pause() {
  if [ "$fraction" = yes ] && sleep 0.1; then
    paused=1
  else
    fraction=no
    sleep 1
    paused=10
  fi
}

hunt() {
  find_all || { echo none; return; }
  signal TERM
  # A stopped process acts on TERM only when it goes on.
  signal CONT
  while [ "$grace" -gt 0 ]; do
    pause
    grace=$((grace - paused))
    find_all || { echo stopped; return; }
  done
  patience=20
  while [ "$patience" -gt 0 ]; do
    signal KILL
    pause
    patience=$((patience - paused))
    find_all || { echo stopped; return; }
  done
  echo running
}

{
  fraction=yes
  if [ -r /proc/self/environ ] && look $$; then
    ours=$session
    # Not every grep looks behind a NUL, which is what environments are made of.
    if [ "$(printf 'a\0b\n' | grep -ca b)" = 1 ]; then searches=grep; else searches=read; fi
    hunt
  elif ps eww -o command= -p $$ | grep -q PATH=; then
    searches=ps
    ours=$(ps -o pgid= -p $$)
    ours=${ours##* }
    hunt
  else
    echo unknown
  fi
} 2>/dev/null
