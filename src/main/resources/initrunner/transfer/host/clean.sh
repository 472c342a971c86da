# $1 the root, $2 a staging directory in it.
cd "$root" || exit 0
rm -rf "./$2"
