# $1 the root, $2 the staging directory in it, $3 the program for digests. Reads an archive; prints its
# digest.
mkdir -p "$root" && cd "$root" || fail "cannot enter '$name'"
(umask 077 && mkdir -p "$2") && cd "$2" || fail "cannot write in '$name'"
owner=
[ "$(id -u)" != 0 ] || owner=o
rm -f stream
mkfifo stream || fail "cannot write in '$name'"
$3 <stream &
tee stream | tar -xp${owner}f - || fail "the files did not arrive whole"
wait
rm -f stream
