# Reads a line `+DIRECTORY` for each connection that begins and `-DIRECTORY` for each that ends. The
# end of its input comes with the end of the program that has started it. If that program was killed,
# this ends what its calls have left on the hosts, then the connections, and removes the directories.
# $1: ssh.

# A Ctrl-C in the terminal, or the loss of it, is not the program's end.
trap '' HUP INT QUIT

newline='
'
directories=$newline
while IFS= read -r line; do
  directory=${line#?}
  case $line in
    +*) directories=$directories$directory$newline ;;
    -*)
      case $directories in
        *"$newline$directory$newline"*)
          directories=${directories%%"$newline$directory$newline"*}$newline${directories#*"$newline$directory$newline"}
          ;;
      esac
      ;;
  esac
done

# $1: the cookie that stands in place of a call's.
insert() {
  sed "s/xxxxxxxxxxxxxxxxxxxxxxxx/$1/g" "$2"
}

# $1: the directory of the connection; $2: ssh; $3: its option with the control socket.
end_calls() {
  while read -r cookie; do
    [ ${#cookie} = 24 ] || continue
    insert "$cookie" "$1/left.in" |
      "$2" -F /dev/null -o "$3" -o ControlMaster=no -o ProxyCommand=false -o BatchMode=yes \
        -o LogLevel=QUIET -T -- left "$(insert "$cookie" "$1/left")" >/dev/null 2>&1 &
  done <"$1/calls"
  wait
}

# $1: the directory of the connection.
option() {
  printf 'ControlPath=%s/ctl.sock' "$(printf '%s\n' "$1" | sed 's/%/%%/g')"
}

# $1: the directory of the connection; $2: ssh. Under another name of the directory, a login that is
# still under way finds no place for its socket, and ends. It has its name while calls are ended: if
# this is killed meanwhile, the next InitRunner finds it.
end_connection() {
  if [ -s "$1/calls" ] && [ -s "$1/left" ]; then
    end_calls "$1" "$2" "$(option "$1")"
  fi
  mv -- "$1" "$1.left" || return
  "$2" -F /dev/null -o "$(option "$1.left")" -O exit -- left
  rm -rf -- "$1.left"
}

IFS=$newline
set -f
for directory in $directories; do
  end_connection "$directory" "$1" >/dev/null 2>&1 &
done
wait
