# $1 the root, $2 the program. Reads names, each before a NUL; prints one line for each: its digest, or -.
cd "$root" || fail "cannot enter '$name'"
hash_names "$2"
