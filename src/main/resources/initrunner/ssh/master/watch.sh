# Waits for the end of its input, which comes with the end of the program that has started it. If that
# program was killed, this ends what its calls have left on the host, then the connection.
# $1: the directory of the connection; $2: ssh; $3: its option with the control socket; $4: the host.

# A Ctrl-C in the terminal, or the loss of it, is not the program's end.
trap '' HUP INT QUIT
read -r _

# $1: the cookie that stands in place of a call's.
insert() {
  sed "s/xxxxxxxxxxxxxxxxxxxxxxxx/$1/g" "$2"
}

end_calls() {
  while read -r cookie; do
    [ ${#cookie} = 24 ] || continue
    insert "$cookie" "$1/left.in" |
      "$2" -F /dev/null -o "$3" -o ControlMaster=no -o ProxyCommand=false -o BatchMode=yes \
        -o LogLevel=QUIET -T -- "$4" "$(insert "$cookie" "$1/left")" >/dev/null 2>&1 &
  done <"$1/calls"
  wait
}

if [ -s "$1/calls" ] && [ -s "$1/left" ]; then
  end_calls "$@"
fi
exec "$2" -F /dev/null -o "$3" -O exit -- "$4"
