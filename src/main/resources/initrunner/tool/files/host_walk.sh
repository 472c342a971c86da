# $1 most bytes, $2 a pattern of the paths that are too deep to look into, $3 yes or no: whether
# hidden directories are not looked into. Follows no links. Prints what each entry is, and its path.
missing_status=66
resolve_directory
if [ "$3" = yes ]; then hidden='.*'; else hidden=//; fi
{
  find . ! -name . -type d \( -name "$hidden" -o -path "$2" \) -prune \
    -exec printf 'd%s\000' {} + \
    -o ! -name . -type d -exec printf 'd%s\000' {} + \
    -o -type f ! -name '.initrunner-writing-????????' -exec printf 'f%s\000' {} +
  printf '\000'
} 2>/dev/null | head -c "$1"
