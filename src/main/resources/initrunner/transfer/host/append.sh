# $1 the root, $2 the staging directory in it, $3 the name of a piece in that, $4 how many bytes it has
# when the input begins: more are cut off, missing ones become zeros, a hole where the system has them.
mkdir -p "$root" && cd "$root" || fail "cannot enter '$name'"
(umask 077 && mkdir -p "$2") && cd "$2" || fail "cannot write in '$name'"
dd if=/dev/null of="$3" bs=1 seek="$4" 2>/dev/null || fail "cannot write in '$name'"
cat >>"$3" || fail "cannot write in '$name'"
