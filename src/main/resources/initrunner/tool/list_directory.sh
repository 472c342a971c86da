# $1 most bytes.
resolve_directory
{
  for kind in d f l; do
    find . ! -name . -prune -type $kind -exec printf "$kind%s\\000" {} +
  done
  find . ! -name . -prune ! -type d ! -type f ! -type l -exec printf 'o%s\000' {} +
} | head -c "$1"
