# Digests of the names on the input, a line each. $1 the program for many files, $2 the one that is asked
# about a file that the first did not take.
hash_names() {
  # shellcheck disable=SC2016 # the inner shell's own
  xargs -0 sh -c '
    many=$0
    one=$1
    shift
    fields=1
    [ "$one" != cksum ] || fields=1,2
    [ $# -gt 0 ] || exit 0
    case $* in
      *\\* | *"
"*) lines= ;;
      *) lines=$($many "$@" 2>/dev/null) || lines= ;;
    esac
    if [ -n "$lines" ]; then
      printf "%s\n" "$lines" | cut -d" " -f$fields
    else
      for file; do
        line=$($one 2>/dev/null <"$file") || line=-
        printf "%s\n" "$line" | cut -d" " -f$fields
      done
    fi' "$1" "$2"
}
