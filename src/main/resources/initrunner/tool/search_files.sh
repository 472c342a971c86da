# $1 extensions, $2 most bytes, $3 glob of names, $4 "names" or "lines", $5 what lines must match.
resolve_directory
glob=$3
how=$4
pattern=$5
most=$2
extensions=$1
if [ "$how" = lines ]; then
  # Not of an empty input: busybox looks at a pattern when there is a line to match.
  echo | grep -E -e "$pattern" >/dev/null
  [ $? -le 1 ] || fail "'$pattern' is no extended regular expression"
fi
set -f
set --
for extension in $extensions; do
  set -- "$@" -o -name "*$extension"
done
if [ $# -gt 0 ]; then
  shift
  set -- '(' "$@" ')'
fi
if [ "$how" = names ]; then
  find . -name .git -prune -o -type f -name "$glob" "$@" -exec printf '%s\000' {} +
else
  find . -name .git -prune -o -type f -name "$glob" "$@" -exec grep -En -e "$pattern" /dev/null {} +
fi | head -c "$most"
