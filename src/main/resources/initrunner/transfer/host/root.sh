# $1 the root of a tree: absolute, below the home directory (~/...), or below where this starts.
fail() {
  printf 'initrunner: %s\n' "$1" >&2
  exit 3
}
# Patterns and numbers mean the same on every host, and cd prints nothing.
LC_ALL=C
export LC_ALL
unset CDPATH
name=$1
root=$name
# shellcheck disable=SC2088 # the name itself
case $root in
  '~') root=$HOME ;;
  '~/'*) root=$HOME/${root#'~/'} ;;
esac
case $root in
  /*) ;;
  *) root=./$root ;;
esac

# Nanoseconds of the epoch; of whole seconds where the clock tells no more.
read_clock() {
  now=$(date +%s%N)
  case $now in
    '' | *[!0-9]*) now=$(date +%s)000000000 ;;
  esac
}
