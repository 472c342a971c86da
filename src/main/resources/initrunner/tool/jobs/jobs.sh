# What every script of jobs begins with. A job is a directory of $jobs, named by its id:
#   start      what is known from the beginning: lines of a name, a blank and a value
#   pid        number, start time and boot of the job's first process, and the machine's name
#   supervisor number and start time of the process that starts the job and waits for its end
#   out.N      its output from byte N on
#   status     its exit status and when it ended
#   closed     the bytes of output that were not kept at its end, once the output is complete
#   overtime, stopped    present if that is why it ended
#   report     what the launcher says about its start and its end
#   cleaned    the exit status of the command that ended what the launcher held of a stopped job
# Files that are written at the end have their blocks from the beginning: a disk may be full by then.

mask=$(umask)
umask 077
home=${HOME-}
[ -n "$home" ] || home=$(getent passwd "$(id -u)" | cut -d: -f6)
jobs=${home:?the account has no home directory}/.cache/initrunner/jobs
here=$(uname -n)
newline='
'

fail() {
  printf 'initrunner: %s\n' "$1" >&2
  exit "${2-1}"
}

# Sets $state, $session and $begun of the process $1; fails if it is gone.
look() {
  stat=
  { while IFS= read -r line || [ -n "$line" ]; do stat=$line; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$stat" ] || return 1
  # shellcheck disable=SC2086 # the fields of the line
  set -- ${stat##*")"}
  [ $# -ge 20 ] || return 1
  state=$1 session=$4 begun=${20}
  [ "$state" != Z ] && [ "$state" != X ]
}

read_boot() {
  boot=unknown
  IFS= read -r boot </proc/sys/kernel/random/boot_id
} 2>/dev/null

# What stands in a file is not computed with before this: a shell would run what it finds there.
is_number() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# Whether the process of the file $1 runs, which holds its number and its start time.
runs() {
  IFS=' ' read -r number birth _ 2>/dev/null <"$1" || return 1
  is_number "$number" && look "$number" && [ "$begun" = "$birth" ]
}

# Sets $is to what the job in the directory $1 is: running, starting, ended, lost, rebooted, or
# elsewhere, and $pid, $born and $node. Of one that has just ended, the supervisor still runs.
judge() {
  is=lost pid=0 born=0 node=
  IFS=' ' read -r pid born booted node 2>/dev/null <"$1/pid"
  is_number "$pid" && is_number "$born" || pid=0 born=0
  if [ -f "$1/status" ]; then
    is=ended
  elif [ "$pid" = 0 ]; then
    if runs "$1/supervisor"; then is=starting; fi
  elif [ "$node" != "$here" ]; then
    is=elsewhere
  elif read_boot && [ "$booted" != "$boot" ]; then
    is=rebooted
  elif runs "$1/pid" || runs "$1/supervisor"; then
    is=running
  fi
  [ "$is" = ended ] || [ ! -f "$1/status" ] || is=ended
}

size_of() {
  size=$(wc -c <"$1") || size=0
  size=$((size))
}

# Sets $total to the end of the output in the directory $1, and $last to the file that holds it.
measure() {
  total=0 last=
  for piece in "$1"/out.*; do
    if is_part "$piece"; then last=$piece; fi
  done
  [ -n "$last" ] || return 0
  begins "$last"
  size_of "$last"
  total=$((begin + size))
}

# Whether the file $1 holds output: a job may be able to put others beside it.
is_part() {
  [ -f "$1" ] && [ ! -L "$1" ] && is_number "${1##*/out.}"
}

# Sets $begin to the first byte that the file $1 holds.
begins() {
  begin=${1##*/out.}
  # Zeros in front would make it octal.
  begin=${begin#"${begin%%[!0]*}"}
  begin=${begin:-0}
}

first_line() {
  text=
  { IFS= read -r text <"$1"; } 2>/dev/null
  printf '%s' "$text"
}

# Prints what is known of the job in the directory $1.
describe() {
  printf 'job %s\n' "${1##*/}"
  head -c 8192 "$1/start" 2>/dev/null
  judge "$1"
  printf 'is %s\n' "$is"
  [ "$is" != elsewhere ] || printf 'node %s\n' "$node"
  [ "$pid" = 0 ] || printf 'pid %s\n' "$pid"
  if [ "$is" = ended ]; then
    printf 'status %s\n' "$(first_line "$1/status")"
    [ -L "$1/report" ] || printf 'report %s\n' "$({ head -c 100 "$1/report"; tail -c 4000 "$1/report"; } 2>/dev/null | tr '\n\r' '\037\037')"
  fi
  [ ! -s "$1/closed" ] || printf 'closed %s\n' "$(first_line "$1/closed")"
  [ ! -f "$1/overtime" ] || echo overtime
  [ ! -f "$1/stopped" ] || echo stopped
  measure "$1"
  printf 'bytes %s\n' "$total"
}

# Sets $id to the id of the one job that $1 means: its id, the beginning of that, or its name.
require() {
  id=
  case $1 in
    '' | *[!A-Za-z0-9._-]*) fail "'$1' is no job's id or name" 3 ;;
    */*) ;;
    *) [ ! -f "$jobs/$1/start" ] || { id=$1; return; } ;;
  esac
  for directory in "$jobs"/*/start; do
    [ -f "$directory" ] || continue
    directory=${directory%/start}
    case ${directory##*/} in
      "$1"*) ;;
      *) [ "$(sed -n 's/^name //p' "$directory/start" | head -n 1)" = "$1" ] || continue ;;
    esac
    [ -z "$id" ] || fail "more than one job is meant by $1: $id, ${directory##*/} and perhaps others" 3
    id=${directory##*/}
  done
  [ -n "$id" ] || fail "there is no job $1" 3
}

# Sets $clock to seconds since the boot, or of the day's clock.
read_clock() {
  if read -r clock _ </proc/uptime; then clock=${clock%%.*}; else clock=$(date +%s); fi
} 2>/dev/null

# Waits a moment; not every sleep takes a fraction.
pause() {
  sleep 0.2 2>/dev/null || sleep 1
}
