# $1 the root, $2 and $3 the programs. Reads names, each before a NUL; prints one line for each: its
# digest, or -.
cd "$root" || fail "cannot enter '$name'"
hash_names "$2" "$3"
