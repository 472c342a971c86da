# $1 extensions, $2 bytes of the content, which is the rest of the input, $3 its SHA-256, $4 yes or no:
# whether a file that is there is replaced. $executable, if set, is x for a program.
make=yes
resolve
[ ! -d "./$name" ] || fail "'$path' is a directory"
[ ! -e "./$name" ] || [ -f "./$name" ] || fail "'$path' is not a regular file"
allowed "$1"
kept() {
  fail "'$path' is there already, and stays as it is: set overwrite to replace it"
}

done=created
[ ! -e "./$name" ] || done=replaced
[ $done = created ] || [ "$4" = yes ] || kept
find_hash
temporary
cat >"$new" || fail "cannot write '$path'"
bytes_of "$new"
# A broken connection looks like the end of the input.
[ "$size" -eq "$2" ] || fail "only $size of $2 bytes arrived, so '$path' is as it was"
digest "$new"
[ "$sum" = "$3" ] || fail "what arrived is not what was to be sent: the file changed meanwhile; '$path' is as it was"
[ ! -d "./$name" ] || fail "'$path' is a directory"
[ "${executable:-}" != x ] || chmod +x "$new" || fail "cannot write '$path'"
if [ "$4" = yes ]; then
  set_ids
  mv -f "$new" "./$name" || fail "cannot write '$path'"
  new=
# A link replaces no file; the other name goes at the end of this script.
elif ! ln "$new" "./$name" 2>/dev/null; then
  [ ! -e "./$name" ] && [ ! -L "./$name" ] || kept
  mv -f "$new" "./$name" || fail "cannot write '$path'"
  new=
fi
echo "$done $2 $3"
