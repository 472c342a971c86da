# $1 extensions, $2 most bytes, $3 yes or no. The input begins with a line: the size of the content,
# its SHA-256, and x if the file is executable. Sets the arguments of send_file.sh, and $executable.
read -r bytes sum executable || fail "nothing arrived, so '$path' is as it was"
case $bytes in
  '' | *[!0-9]*) fail "what arrived is no file, so '$path' is as it was" ;;
esac
[ "$bytes" -le "$2" ] || fail "the file has $bytes bytes, more than the $2 that '$path' may have"
set -- "$1" "$bytes" "$sum" "$3"
