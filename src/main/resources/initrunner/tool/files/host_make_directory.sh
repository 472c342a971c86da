# $1 yes or no: whether the directories above are made, too, and the directory may be there.
missing_status=66
make=$1
resolve
if [ -d "./$name" ]; then
  [ "$1" = yes ] || fail "'$path' is there already"
else
  [ ! -e "./$name" ] || fail "'$path' is there, and is no directory"
  keep_repository "$name"
  mkdir "./$name" || fail "cannot make the directory '$path'"
fi
