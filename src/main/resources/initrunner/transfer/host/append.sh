# $1 the root, $2 the staging directory in it, $3 the name of a piece in that, $4 how many bytes it has
# when the input begins: more are cut off, missing ones become zeros, a hole where the system has them;
# $5 how the input is packed, $6 the program for digests, none where it cannot digest what comes. Prints
# the digest, and how many bytes the piece has then: fewer where there was no room.
enter_stage "$2"
dd if=/dev/null of="$3" bs=1 seek="$4" 2>/dev/null || fail "cannot write in '$name'"
case $6 in
  none) unpacked "$5" cat >>"$3" && echo - ;;
  # A program that does not run must not keep the bytes from coming.
  *)
    unpacked "$5" tee -a "$3" | {
      $6
      cat >/dev/null
    }
    ;;
esac
wc -c <"$3"
