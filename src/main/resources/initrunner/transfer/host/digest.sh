# Digests of the names on the input, a line each. $1 the program.
hash_names() {
  # shellcheck disable=SC2016 # the inner shell's own
  xargs -0 sh -c '
    hash=$0
    fields=1
    [ "$hash" != cksum ] || fields=1,2
    [ $# -gt 0 ] || exit 0
    case $* in
      *\\* | *"
"*) lines= ;;
      *) lines=$($hash "$@" 2>/dev/null) || lines= ;;
    esac
    if [ -n "$lines" ]; then
      printf "%s\n" "$lines" | cut -d" " -f$fields
    else
      for file; do
        line=$($hash 2>/dev/null <"$file") || line=-
        printf "%s\n" "$line" | cut -d" " -f$fields
      done
    fi' "$1"
}
