# $1 yes or no: whether a link at the end is followed, $2 extensions, $3 most bytes, $4 the first
# byte, from 0, or "all". Prints the size of the file, and then its content.
missing_status=66
follow=$1
resolve_file
[ ! -L "./$name" ] || fail "'$path' is a symbolic link"
allowed "$2"
[ -r "./$name" ] || fail "'$path' may not be read"
bytes_of "./$name"
if [ "$4" = all ]; then
  [ "$size" -le "$3" ] || fail "'$path' has $size bytes, more than $3"
  printf '%s\n' "$size"
  cat <"./$name"
else
  printf '%s\n' "$size"
  tail -c +$(($4 + 1)) <"./$name" | head -c "$3"
fi
