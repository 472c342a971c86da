# $1 the root, $2 the number of the first byte, from 1. Reads one name before a NUL; prints the rest of
# that file.
cd "$root" || fail "cannot enter '$name'"
# shellcheck disable=SC2016 # the inner shell's own
xargs -0 sh -c 'tail -c "+$0" "$1"' "$2"
