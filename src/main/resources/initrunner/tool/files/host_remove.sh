# $1 yes or no: whether a directory is removed with all in it, $2 yes or no: whether it is no fault
# that nothing is there, $3 extensions, $4 yes or no: whether the role lets all in a directory be
# removed with it. A link is removed itself.
if [ "$2" = yes ]; then missing_status=0; else missing_status=66; fi
follow=no
resolve
[ -e "./$name" ] || [ -L "./$name" ] || missing "no such file or directory: '$path'"
[ "$name" != . ] || fail "'$path' names a directory by a dot; name it itself"
keep_repository "$name"
if [ ! -d "./$name" ] || [ -L "./$name" ]; then
  allowed "$3"
  rm -f "./$name" || fail "cannot remove '$path'"
elif [ "$1" = yes ]; then
  [ -z "$3" ] || [ -z "$(ls -A "./$name")" ] ||
    fail "'$path' is a directory; remove what is in it first: only files may be removed that end with one of:$3"
  [ "$4" = yes ] || [ -z "$(ls -A "./$name")" ] ||
    fail "'$path' is a directory; remove what is in it first: rules of the role deny paths"
  rm -rf "./$name" || fail "cannot remove all of '$path'"
else
  rmdir "./$name" || fail "cannot remove the directory '$path'"
fi
