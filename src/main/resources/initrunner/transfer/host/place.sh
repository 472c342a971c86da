# $1 the root, $2 the staging directory in it, $3 the program for digests, $4 how stat is asked. Reads the
# calls of the functions below: they check what has arrived, and put it in its place.
stage=$2
hash=$3
option=-c
case $4 in
  gnu) format='%f %s %.9Y %.9Z %i' ;;
  c) format='%f %s %Y %Z %i' ;;
  *)
    option=-f
    format='%p %z %Fm %Fc %i'
    ;;
esac
mkdir -p "$root" && cd "$root" || fail "cannot enter '$name'"
(umask 077 && mkdir -p "$stage") && cd "$stage" || fail "cannot write in '$name'"

# Names of files in the tree that are checked.
names() {
  printf '%s\000' "$@" >>names || fail "cannot write in '$name'"
}

# Names whose stamps are told at the end.
placed() {
  printf '%s\000' "$@" >>placed || fail "cannot write in '$name'"
}

# $1 the digest of the digests of all names.
whole() {
  sum=$( (cd tree && hash_names "$hash") <names | $hash)
  case $sum in
    "$1"*) ;;
    *)
      printf 'initrunner: what arrived is not what was sent\n' >&2
      exit 4
      ;;
  esac
}

changed() {
  printf 'initrunner: changed meanwhile\n' >&2
  exit 5
}

absent() {
  for file; do
    [ ! -e "$file" ] && [ ! -L "$file" ] || changed
  done
}

# $1 the stamps that the other ones had, without their permissions.
same() {
  expected=$1
  shift
  [ "$(stat "$option" "${format#* }" "$@" 2>/dev/null)" = "$expected" ] || changed
}

# Each still is a directory, and no link to one.
directories() {
  for each; do
    [ -d "$each" ] && [ ! -L "$each" ] || changed
  done
}

# Puts files into a directory.
place() {
  directory=$1
  shift
  mv -f "$@" "$directory/" || fail "cannot write in '${directory#../}'"
}

# Changed content is newer than what was made of the old one.
new() {
  touch "$@"
}

directory() {
  mkdir -p "$@" || fail "cannot make a directory in '$name'"
}

remove() {
  rm -f "$@" || fail "cannot remove a file in '$name'"
}

# One that holds files of others stays.
remove_directories() {
  for directory; do
    rmdir "$directory" 2>/dev/null
  done
}

# Puts a file that came by itself among the others: $1 its name, $2 its permissions, $3 its time, $4 the
# piece, which is not there any more where an attempt before had come so far.
piece() {
  [ ! -f "$4" ] || mv -f "$4" "$1" || fail "cannot write in '$name'"
  chmod "$2" "$1" && TZ=UTC touch -t "$3" "$1" || fail "cannot write in '$name'"
}

link() {
  rm -f "$2" && ln -s "$1" "$2" || fail "cannot make a link in '$name'"
}

mode() {
  chmod "$@" || fail "cannot change permissions in '$name'"
}

rm -f names placed
cat >steps || fail "cannot write in '$name'"
# shellcheck disable=SC1091 # what the input says
. ./steps
clock
cd .. || fail "cannot enter '$name'"
[ ! -s "$stage/placed" ] || xargs -0 stat "$option" "$format" <"$stage/placed"
rm -rf "$stage"
# What attempts left that were never made again.
find . ! -name . -prune -name '.initrunner-push-*' -mtime +7 -exec rm -rf {} +
