# $1 the root, $2 the number of the first byte, from 1, $3 how many, 0 for all, $4 how the output is
# packed. Reads one name before a NUL; prints these bytes of that file.
cd "$root" || fail "cannot enter '$name'"
rest() {
  # shellcheck disable=SC2016 # the inner shell's own
  xargs -0 sh -c 'tail -c "+$0" "$1"' "$1"
}
some() {
  case $2 in
    0) rest "$1" ;;
    *) rest "$1" 2>/dev/null | head -c "$2" ;;
  esac
}
case $4 in
  gzip) some "$2" "$3" | gzip -1 ;;
  *) some "$2" "$3" ;;
esac
