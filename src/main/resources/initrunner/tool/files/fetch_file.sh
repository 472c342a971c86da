# $1 extensions, $2 most bytes. Prints a line with the size and the SHA-256 of the file, and then the
# file. What is added to it meanwhile does not count.
resolve_file
allowed "$1"
[ -r "./$name" ] || fail "'$path' may not be read"
find_hash
bytes_of "./$name"
[ "$size" -le "$2" ] || fail "'$path' has $size bytes, more than the $2 that may be fetched"
digest "./$name"
printf '%s %s\n' "$size" "$sum"
content "./$name"
