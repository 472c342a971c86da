# $1 extensions, $2 most bytes, $3 first line or 0, $4 last line.
resolve_file
allowed "$1"
[ -r "./$name" ] || fail "'$path' may not be read"
bytes_of "./$name"
if is_binary; then
  printf 'binary %s\n' "$size"
  exit 0
fi
if [ "$3" -eq 0 ]; then
  printf 'text %s\n' "$size"
  head -c "$2" <"./$name"
else
  printf 'lines %s\n' $(($(wc -l <"./$name")))
  sed -n "${3},${4}p;${4}q" <"./$name" | head -c "$2"
fi
