# $1 extensions, $2 most bytes, $3 mode or nothing. Prints a line with the size and the SHA-256 of the
# file, for mode an x behind them if it is executable, and then the file. What is added to it
# meanwhile does not count.
resolve_file
allowed "$1"
[ -r "./$name" ] || fail "'$path' may not be read"
find_hash
bytes_of "./$name"
[ "$size" -le "$2" ] || fail "'$path' has $size bytes, more than the $2 that may be fetched"
digest "./$name"
executable=
[ "${3:-}" != mode ] || [ ! -x "./$name" ] || executable=' x'
printf '%s %s%s\n' "$size" "$sum" "$executable"
content "./$name"
