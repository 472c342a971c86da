# $1 yes or no: whether a link at the end is followed. Prints what it is, whether a link leads there,
# its size, and the seconds of its last change.
missing_status=66
follow=$1
resolve
if [ -L "./$name" ]; then
  kind=link
elif [ -d "./$name" ]; then
  kind=directory
elif [ -f "./$name" ]; then
  kind=file
elif [ -e "./$name" ]; then
  kind=other
else
  missing "no such file or directory: '$path'"
fi
# Of GNU and BusyBox, and of BSD.
told=$(stat -c '%s %Y' "./$name" 2>/dev/null) ||
  told=$(stat -f '%z %m' "./$name" 2>/dev/null) || told='0 0'
printf '%s %s %s\n' "$kind" "$linked" "$told"
