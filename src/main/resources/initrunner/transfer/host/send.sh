# $1 the root, $2 how the output is packed. Reads names, each before a NUL; prints them as archives, one
# behind the other.
cd "$root" || fail "cannot enter '$name'"
archives() {
  # shellcheck disable=SC2016 # the inner shell's own
  xargs -0 sh -c '[ $# -eq 0 ] || tar -cf - "$@"' sh
}
case $2 in
  gzip) archives | gzip -1 ;;
  *) archives ;;
esac
