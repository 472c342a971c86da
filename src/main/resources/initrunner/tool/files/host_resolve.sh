# Prints the physical path, and a NUL.
missing_status=66
resolve
[ -e "./$name" ] || missing "no such file or directory: '$path'"
where
if [ "$name" = . ]; then
  printf '%s\000' "$here"
else
  printf '%s/%s\000' "${here%/}" "$name"
fi
