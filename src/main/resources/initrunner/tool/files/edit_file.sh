# $1 extensions, $2 most bytes of the file, $3 and $4 bytes of the text and of its replacement,
# which are the rest of the input, $5 "one" or "all", $6 the awk program.
resolve_file
allowed "$1"
bytes_of "./$name"
[ "$size" -le "$2" ] || fail "'$path' has $size bytes, more than $2: too large to edit"
[ $(($(tr -dc '\000' <"./$name" | wc -c))) -eq 0 ] || fail "'$path' is binary"
checksum() {
  cksum <"./$name" 2>/dev/null || md5sum <"./$name"
}

temporary
before=$(checksum) || fail "neither cksum nor md5sum is there to see changes of '$path' by"
{
  cat "./$name"
  cat
  printf x
} | awk -v size="$size" -v from="$3" -v to="$4" -v which="$5" "$6" >"$new"
case $? in
  0) ;;
  3) fail "the text to replace does not occur in '$path'" ;;
  4) fail "the text to replace occurs more than once in '$path': give more of it, or set replace_all" ;;
  5) fail "'$path' changed meanwhile, or its edit did not arrive whole; it was not edited" ;;
  *) fail "cannot edit '$path'" ;;
esac
[ "$(checksum)" = "$before" ] || fail "'$path' changed meanwhile; it was not edited"
set_ids
mv -f "$new" "./$name" || fail "cannot write '$path'"
new=
