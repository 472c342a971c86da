# $1 most bytes. Skips the temporary files of other calls.
resolve_directory
{
  for kind in d f l; do
    find . ! -name . -prune ! -name '.initrunner-writing-????????' -type $kind \
      -exec printf "$kind%s\\000" {} +
  done
  find . ! -name . -prune ! -type d ! -type f ! -type l -exec printf 'o%s\000' {} +
  printf '\000'
} | head -c "$1"
