# $1 extensions, $2 bytes of the content, which is the rest of the input.
make=yes
resolve
[ ! -d "./$name" ] || fail "'$path' is a directory"
[ ! -e "./$name" ] || [ -f "./$name" ] || fail "'$path' is not a regular file"
allowed "$1"
done=replaced
[ -e "./$name" ] || done=created
temporary
cat >"$new" || fail "cannot write '$path'"
bytes_of "$new"
# A broken connection looks like the end of the input.
[ "$size" -eq "$2" ] || fail "only $size of $2 bytes arrived, so '$path' is as it was"
[ ! -d "./$name" ] || fail "'$path' is a directory"
set_ids
mv -f "$new" "./$name" || fail "cannot write '$path'"
new=
echo "$done"
