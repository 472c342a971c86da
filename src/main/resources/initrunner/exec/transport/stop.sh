# Stops every process of one call: those that carry its cookie in their environment, those in a
# session of one that does, and the descendants of both; then looks whether something else may be
# left of it. $1 and $2: the two halves of the cookie's value, apart so that no command line of ours
# holds it whole; $3: tenths of a second between TERM and KILL; $4: hundredths of a second since the
# call began, rounded up; $5: a process known to belong to the call, or nothing.
#
# The last line of the output is the verdict: none, stopped, running, or unknown where this machine
# shows nothing. `none` and `stopped` are followed by `unproven` where a process may be left that
# cannot be told from the call's own; lines before name such processes.

# Here and not before it is started: a restricted login shell forbids a change of the directory.
cd /
variable=INITRUNNER_CALL
value=$1$2
# As a pattern it does not match itself on the command line of the grep that looks for it.
pattern="$variable=[0-9a-f.]*[${1%"${1#?}"}]${1#?}$2"
grace=$3
elapsed=$4
known=$5
clock=0
surveys=0
sessions=
ours=none
pids=
groups=
newline='
'
blanks=" 	$newline"
IFS=$blanks

# Sets $state, $parent, $group, $session, $threads and $begun of a process from the text that
# /proc/PID/stat holds. Its name stands in parentheses and may hold anything, newlines and
# parentheses included. Fails for one that is gone: a zombie that has threads left is not.
read_stat() {
  IFS=$blanks
  # shellcheck disable=SC2086 # the fields of the line
  set -- ${1##*")"}
  [ $# -ge 20 ] || return 1
  state=$1 parent=$2 group=$3 session=$4 threads=${18} begun=${20}
  case $state in
    X) return 1 ;;
    Z) [ "$threads" -gt 1 ] ;;
  esac
}

look() {
  stat=
  while IFS= read -r line || [ -n "$line" ]; do stat=$line; done <"/proc/$1/stat"
  read_stat "$stat"
}

# Sets $name to the name of the process $1, as far as its first newline.
read_name() {
  name=
  IFS= read -r name <"/proc/$1/comm"
}

# Sets $all to ` PID:PARENT:GROUP:SESSION:BEGUN` of each process that began at $since or later and
# is no thread of the kernel, and $older to the sessions of the others. $of_PID is the same beside the
# number of this survey: to look for it in the text takes the square of its length.
survey() {
  surveys=$((surveys + 1))
  all=
  older=' '
  if [ "$searches" = grep ]; then
    lines=$(LC_ALL=C grep -sa '[)]' /proc/[0-9]*/stat)
    set -f
    IFS=$newline
    for line in $lines; do
      pid=${line#/proc/}
      read_stat "$line" && list "${pid%%/*}"
    done
    set +f
  else
    for directory in /proc/[0-9]*; do
      look "${directory#/proc/}" && list "${directory#/proc/}"
    done
  fi
  IFS=$blanks
}

list() {
  if [ "$parent" = 2 ] || [ "$1" = 2 ]; then
    # Kernel threads, where this is a whole machine; their sessions are 0.
    [ "$session" != 0 ] || return 0
  fi
  if [ "$begun" -ge "$since" ]; then
    all="$all $1:$parent:$group:$session:$begun"
    eval "of_$1=\"\$surveys \$parent:\$group:\$session:\$begun\""
    return
  fi
  case $older in *" $session "*) ;; *) older="$older$session " ;; esac
}

# Sets $pid, $parent, $group, $session and $begun from an entry of $all.
split() {
  rest=$1
  pid=${rest%%:*} rest=${rest#*:}
  parent=${rest%%:*} rest=${rest#*:}
  group=${rest%%:*} rest=${rest#*:}
  session=${rest%:*} begun=${rest#*:}
}

# The same for the process $1, if it is one of $all.
listed() {
  eval "found=\${of_$1-}"
  case $found in "$surveys "*) split "$1:${found#* }" ;; *) return 1 ;; esac
}

# Whether $session began with the call or later: another program may have started a process in its
# own session for the call.
is_new_session() {
  [ "$session" != "$ours" ] || return 1
  case $older in *" $session "*) return 1 ;; esac
  eval "found=\${of_$session-}"
  case $found in "$surveys "*) ;; *) return 0 ;; esac
  [ "${found##*:}" -ge $((estimated - 100)) ]
}

add() {
  case " $pids " in *" $1 "*) return ;; esac
  listed "$1" || look "$1" || return
  pids="$pids $1"
  is_new_session || return
  case " $sessions " in *" $session "*) ;; *) sessions="$sessions $session" ;; esac
  case " $groups " in *" $group "*) ;; *) groups="$groups $group" ;; esac
}

holds_mark() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *"$variable="*"$value"*) return 0 ;; esac
  done <"$1"
  return 1
}

find_in_proc() {
  groups=
  survey
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
  else
    for directory in /proc/[0-9]*; do
      holds_mark "$directory/environ" && add "${directory#/proc/}"
    done
  fi
  # Those of the sessions bring children in other sessions, and these bring more.
  while
    before=$pids
    for entry in $all; do
      split "$entry"
      case " $sessions $pids " in *" $session "* | *" $parent "*) add "$pid" ;; esac
    done
    [ "$before" != "$pids" ]
  do :; done
}

find_with_ps() {
  for pair in $(ps axeww -o pid= -o pgid= -o command= | grep "$pattern" |
    while read -r pid group rest; do printf '%s:%s ' "$pid" "$group"; done); do
    pids="$pids ${pair%:*}"
    group=${pair#*:}
    [ "$group" != "$ours" ] || continue
    case " $groups " in *" $group "*) ;; *) groups="$groups $group" ;; esac
  done
  for pid in $(ps ax -o pid= -o ppid= -o pgid= -o stat= |
    while read -r pid parent group state; do
      case $state in Z*) continue ;; esac
      case " $groups " in *" $group "*) printf '%s ' "$pid" ;; esac
      case " $pids " in *" $parent "*) printf '%s ' "$pid" ;; esac
    done); do
    case " $pids " in *" $pid "*) ;; *) pids="$pids $pid" ;; esac
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
  # shellcheck disable=SC2086 # one word a process
  kill -s "$1" -- $targets $pids
}

# Sets $clock to a time in hundredths of a second, or to 0 where this machine does not show one.
read_clock() {
  clock=0
  read -r uptime _ </proc/uptime || return
  case $uptime in
    *[!0-9.]* | *.*.*) return ;;
    *[0-9].[0-9][0-9]) ;;
    *) return ;;
  esac
  # The 1 keeps the hundredths from being read as octal.
  clock=$((${uptime%.*} * 100 + 1${uptime#*.} - 100))
}

# Sets $paused to the hundredths of a second since the clock was read last, which it reads again: a
# slow machine spends most of its time between two pauses.
pause() {
  if [ "$fraction" = yes ] && sleep 0.1; then
    paused=10
  else
    fraction=no
    sleep 1
    paused=100
  fi
  last=$clock
  read_clock
  [ "$last" = 0 ] || [ $((clock - last)) -le $paused ] || paused=$((clock - last))
}

# --- what may be left -------------------------------------------------------------------------

# Sets $estimated to about when the call began, in the kernel's ticks, and $begin to half a second
# before that.
estimate_begin() {
  look $$
  now=$begun
  # A login shell may have read its rc files before it started this one.
  if look "$session" && [ $((now - begun)) -lt 3000 ]; then now=$begun; fi
  ticks=$(getconf CLK_TCK) || ticks=100
  case $ticks in '' | *[!0-9]*) ticks=100 ;; esac
  estimated=$((now - elapsed * ticks / 100))
  begin=$((estimated - 50))
  since=$((estimated - 3000))
}

# The first session of the call is as old as the call; the estimate only nearly.
learn_begin() {
  for each in $sessions; do
    listed "$each" || continue
    [ "$begun" -gt $((estimated + 100)) ] || begin=$begun
  done
}

# Whether the processes of other accounts can be seen.
sees_others() {
  [ "$(id -u)" != 0 ] || return 0
  look 1 || return 1
  hidden=
  while read -r _ at _ options _; do
    [ "$at" != /proc ] || hidden=$options
  done </proc/self/mounts
  case ,$hidden, in
    *,hidepid=[!0o]* | *,subset=pid,*) ;;
    *) return 0 ;;
  esac
  hidden=${hidden##*gid=}
  for each in $(id -G); do
    [ "${hidden%%,*}" != "$each" ] || return 0
  done
  return 1
}

# Sets $reaper to the process that becomes the parent of an orphan here.
find_reaper() {
  # shellcheck disable=SC2217 # it would hold the answer open
  orphan=$( (sleep 5 </dev/null >/dev/null 2>&1 & echo $!) )
  if look "$orphan"; then reaper=$parent; else reaper=1; fi
  kill -s KILL "$orphan"
}

# Sets $marked to the environments that hold the cookie of any call: one grep, and not one a process.
find_marked() {
  [ "$searches" = grep ] || return 0
  marked=$newline$(LC_ALL=C grep -lsa "$variable=" /proc/[0-9]*/environ)$newline
}

# Whether the process $1 carries the cookie of another call.
is_of_another_call() {
  if [ "$searches" = grep ]; then
    case $marked in *"$newline/proc/$1/environ$newline"*) return 0 ;; esac
    return 1
  else
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in *"$variable="*) return 0 ;; esac
    done <"/proc/$1/environ"
    return 1
  fi
}

# Whether the process $1 belongs to another login than this one.
is_of_another_login() {
  read -r login <"/proc/$1/sessionid" && read -r own </proc/self/sessionid || return 1
  case $login in '' | 0 | 4294967295) return 1 ;; esac
  case $own in '' | 0 | 4294967295) return 1 ;; esac
  [ "$login" != "$own" ]
}

# Sets $cgroups to those of the process $1.
read_cgroups() {
  cgroups=
  while IFS= read -r line; do cgroups=$cgroups$line$newline; done <"/proc/$1/cgroup"
}

is_in_our_cgroups() {
  read_cgroups $$
  own=$cgroups
  read_cgroups "$1"
  [ "$cgroups" = "$own" ]
}

# Sets $owner to the account of the process $1.
read_owner() {
  owner=
  while read -r key owner _; do
    [ "$key" != Uid: ] || return
  done <"/proc/$1/status"
}

# Whether the program of the process $1, which is older than the call, starts others on request,
# and has started $2 for this account. The service manager starts those of root for others too.
is_started_for_us() {
  read_name "$1"
  case $name in
    systemd) others=0 ;;
    cron* | anacron | atd | tmux* | screen | SCREEN | dbus-daemon | launchd) others=none ;;
    *) return 1 ;;
  esac
  read_owner "$2"
  [ "$owner" = "$account" ] || [ "$owner" = $others ]
}

# Whether $1, whose parent $2 is older than the call, may be an orphan of the call that has left
# everything by which it could be found, or a container.
may_be_an_orphan() {
  [ "$2" = "$reaper" ] || [ "$2" = 1 ] || return 1
  read_name "$2"
  above=$name
  read_name "$1"
  case $above:$name in
    *:containerd-shim* | *:conmon*) return 0 ;;
    # A server in a container of its own is the first process there, and the parent of each login.
    sshd:sshd*) return 1 ;;
    # A connection of initrunner's own, of which `ssh` has overwritten the environment.
    *:ssh)
      line=
      IFS= read -r line <"/proc/$1/cmdline"
      case $line in 'ssh: '*/initrunner-ssh-*/ctl.sock*) return 1 ;; esac
      ;;
  esac
  is_in_our_cgroups "$1" && ! is_of_another_login "$1"
}

# Sets $left to what may be left of the call.
find_left_in_proc() {
  left=
  since=$begin
  survey
  find_marked
  judged=' '
  for entry in $all; do
    split "$entry"
    [ "$session" != "$ours" ] || continue
    each=$pid top=$pid
    while listed "$parent"; do top=$pid; done
    listed "$top"
    eldest=$parent old=no
    case $older in *" $session "*) old=yes ;; esac
    is_of_another_call "$each" && continue
    if is_started_for_us "$eldest" "$each"; then
      left="$left $each"
      continue
    fi
    [ $old = no ] || continue
    case $judged in *" $top "*) continue ;; esac
    judged="$judged$top "
    is_of_another_call "$top" && continue
    may_be_an_orphan "$top" "$eldest" && left="$left $top"
  done
}

# Where there is no /proc: what is new here and has no parent.
find_left_with_ps() {
  left=
  all=$(ps ax -o pid= -o ppid= -o pgid= -o etime= -o stat= |
    while read -r pid parent group age state; do
      case $state in Z*) continue ;; esac
      [ "$parent" = 1 ] && [ "$group" != "$ours" ] || continue
      seconds_of "$age"
      [ "$seconds" -gt $((elapsed / 100 + 2)) ] || printf '%s ' "$pid"
    done)
  for pid in $all; do
    ps eww -o command= -p "$pid" | grep -q "$variable=" || left="$left $pid"
  done
}

# Sets $seconds of a time in the form of ps, [[DAYS-]HOURS:]MINUTES:SECONDS.
seconds_of() {
  seconds=0 days=0 rest=$1
  case $rest in *-*) days=${rest%%-*} rest=${rest#*-} ;; esac
  while [ -n "$rest" ]; do
    part=${rest%%:*}
    case $rest in *:*) rest=${rest#*:} ;; *) rest= ;; esac
    part=${part#0}
    seconds=$((seconds * 60 + ${part:-0}))
  done
  seconds=$((seconds + days * 86400))
}

# Fails if all that the call started is seen to be gone. What others start at this moment has a
# while to end, or to show that it is theirs.
is_unproven() {
  if [ "$searches" = ps ]; then
    find_left=find_left_with_ps
  else
    sees_others || { echo 'processes of other accounts are hidden here'; return 0; }
    account=$(id -u)
    find_reaper
    find_left=find_left_in_proc
  fi
  for _ in 1 2 3 4 5; do
    $find_left
    [ -n "$left" ] || return 1
    pause
  done
  # shellcheck disable=SC2086 # one word a process
  name_each 'may be left' $left
}

# ----------------------------------------------------------------------------------------------

# Prints a line for each of the processes $2...
name_each() {
  what=$1
  shift
  for each in "$@"; do
    name=
    [ "$searches" = ps ] || read_name "$each"
    echo "$what: $each $name"
  done
}

conclude() {
  if is_unproven; then echo "$1 unproven"; else echo "$1"; fi
}

hunt() {
  find_all || { conclude none; return; }
  [ "$searches" = ps ] || learn_begin
  signal TERM
  # A stopped process acts on TERM only when it goes on.
  signal CONT
  read_clock
  grace=$((grace * 10))
  while [ "$grace" -gt 0 ]; do
    pause
    grace=$((grace - paused))
    find_all || { conclude stopped; return; }
  done
  patience=200
  while [ "$patience" -gt 0 ]; do
    signal KILL
    pause
    patience=$((patience - paused))
    find_all || { conclude stopped; return; }
  done
  # shellcheck disable=SC2086 # one word a process
  name_each runs $pids
  echo running
}

{
  fraction=yes
  if [ -r /proc/self/environ ] && look $$; then
    ours=$session
    # Not every grep looks behind a NUL, which is what environments are made of.
    if [ "$(printf 'a\0b\n' | grep -ca b)" = 1 ]; then searches=grep; else searches=read; fi
    estimate_begin
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
