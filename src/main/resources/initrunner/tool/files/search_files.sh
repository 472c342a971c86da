# $1 extensions, $2 most bytes, $3 "names" or "lines", $4 what lines must match, $5 most bytes of a
# line, $6 "some" or "none" to leave out; then an expression of find for the files to leave out, if
# there are some, and one for the files to search.
# Prints the number of files left out, with a match or without, and then what it found.
resolve_directory
extensions=$1
most=$2
how=$3
pattern=$4
longest=$5
denied=$6
shift 6
# For a short pattern with nested repetitions, grep may take all memory of the machine.
ulimit -v 524288 2>/dev/null
if [ "$how" = lines ]; then
  # BusyBox reads the pattern only if there is a line to match.
  said=$(echo | grep -E -e "$pattern" 2>&1 >/dev/null)
  if [ $? -gt 1 ]; then
    printf '%s\n' "$said" >&2
    case $said in
      *[Mm]emory*) fail "'$pattern' takes more memory than a search has; let it repeat less" ;;
      *) fail "'$pattern' is no extended regular expression" ;;
    esac
  fi
fi
set -f
names=
for extension in $extensions; do
  names="$names -o -name *$extension"
done
[ -z "$names" ] || names="( ${names# -o } )"

# Skips the temporary files of other calls.
found() {
  find . -name .git -prune -o -type f ! -name '.initrunner-writing-????????' $names "$@" {} +
}

left=0
if [ "$denied" = some ]; then
  left=$(found "$@" -exec printf '%s\000' 2>/dev/null | tr -dc '\000' | wc -c)
  set -- ! "$@"
fi
printf '%s\n' "$((left))"
if [ "$how" = names ]; then
  found "$@" -exec printf '%s\000'
else
  found "$@" -exec grep -En -e "$pattern" /dev/null |
    awk -v most="$longest" '
      length($0) > most { print substr($0, 1, most) "\342\200\246"; next }
      { print }'
fi | head -c "$most"
