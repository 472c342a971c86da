# $1 the root, $2 the staging directory in it, $3 the program for digests of many files, $4 the one that is
# asked about a single file, $5 how stat is asked, $6 tar where the input is an archive, $7 how it is packed.
# Its last member, or else the input, calls the functions below: they check what has arrived, and put it
# in its place.
stage=$2
many=$3
one=$4
option=-c
case $5 in
  gnu) format='%f %s %.9Y %.9Z %i' ;;
  c) format='%f %s %Y %Z %i' ;;
  *)
    option=-f
    format='%p %z %Fm %Fc %i'
    ;;
esac
newline='
'
enter_stage "$stage"

# $1 what the program prints of these files: a line each that begins with the digest.
whole() {
  expected=$1
  shift
  [ "$($many "$@" 2>/dev/null)" != "$expected" ] || return 0
  # Another program of that name may print other lines.
  for file; do
    line=${expected%%"$newline"*}
    expected=${expected#*"$newline"}
    sum=$($one <"$file") || sum=-
    [ "$one" = cksum ] || sum=${sum%% *}
    case $line in
      "$sum" | "$sum "*) ;;
      *)
        printf 'initrunner: what arrived is not what was sent\n' >&2
        exit 4
        ;;
    esac
  done
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

clock() {
  read_clock
  printf '%s\n' "$now"
}

# The stamps that these files have now.
told() {
  stat "$option" "$format" "$@"
}

[ ! -e steps ] || rm -f steps
case $6 in
  tar) unpacked "$7" tar -xpof - ;;
  *) cat >steps ;;
esac || fail "the files did not arrive whole"
[ -f steps ] || fail "the files did not arrive whole"
# shellcheck disable=SC1091 # what the input says
. ./steps
cd .. || fail "cannot enter '$name'"
rm -rf "$stage"
for old in .initrunner-push-*; do
  # What attempts left that were never made again.
  [ "$old" = '.initrunner-push-*' ] ||
    find . ! -name . -prune -name '.initrunner-push-*' -mtime +7 -exec rm -rf {} +
  break
done
