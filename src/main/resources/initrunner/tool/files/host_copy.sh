# $1 extensions, $2 the file to copy to.
missing_status=66
resolve_file
allowed "$1"
source=${here%/}/$name
path=$2
cd "$root" || fail "cannot enter the root directory"
make=yes
resolve
[ ! -d "./$name" ] || fail "'$path' is a directory"
[ ! -e "./$name" ] || [ -f "./$name" ] || fail "'$path' is not a regular file"
allowed "$1"
temporary
cat "$source" >"$new" || fail "cannot write '$path'"
set_ids
mv -f "$new" "./$name" || fail "cannot write '$path'"
new=
