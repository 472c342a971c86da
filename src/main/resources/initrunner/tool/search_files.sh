# $1 extensions, $2 most bytes, $3 glob of names, $4 "names" or "lines", $5 what lines must match;
# then, where there are any, an expression of find for the files to leave out.
# Prints how many were left out, whatever is in them, and then what was found.
resolve_directory
glob=$3
how=$4
pattern=$5
most=$2
extensions=$1
shift 5
if [ "$how" = lines ]; then
  # Not of an empty input: busybox looks at a pattern when there is a line to match.
  echo | grep -E -e "$pattern" >/dev/null
  [ $? -le 1 ] || fail "'$pattern' is no extended regular expression"
fi
set -f
names=
for extension in $extensions; do
  names="$names -o -name *$extension"
done
[ -z "$names" ] || names="( ${names# -o } )"

# What another call is just writing is no file yet.
found() {
  find . -name .git -prune -o -type f ! -name '.initrunner-writing-????????' \
    -name "$glob" $names "$@" {} +
}

left=0
if [ $# -gt 0 ]; then
  left=$(found "$@" -exec printf '%s\000' 2>/dev/null | tr -dc '\000' | wc -c)
  set -- ! "$@"
fi
printf '%s\n' "$((left))"
if [ "$how" = names ]; then
  found "$@" -exec printf '%s\000'
else
  found "$@" -exec grep -En -e "$pattern" /dev/null
fi | head -c "$most"
