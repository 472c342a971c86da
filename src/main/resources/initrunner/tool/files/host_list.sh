# $1 most bytes. Prints what each entry is, where links lead, and its name. Skips the temporary files
# of other calls.
missing_status=66
resolve_directory
{
  for kind in d f; do
    find -L . ! -name . -prune ! -name '.initrunner-writing-????????' -type $kind \
      -exec printf "$kind%s\\000" {} +
  done
  find -L . ! -name . -prune ! -type d ! -type f -exec printf 'o%s\000' {} +
  printf '\000'
} 2>/dev/null | head -c "$1"
