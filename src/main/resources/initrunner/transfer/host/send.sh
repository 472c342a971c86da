# $1 the root. Reads names, each before a NUL; prints them as archives, one behind the other.
cd "$root" || fail "cannot enter '$name'"
# shellcheck disable=SC2016 # the inner shell's own
xargs -0 sh -c '[ $# -eq 0 ] || tar -cf - "$@"' sh
