# The arguments are the names of this run's entries. Makes the directories of staged copies, which only
# their owner may enter, marks these entries as used now, and removes those of the store that nothing has
# used for a long time. Prints the home directory.
most=50
days=30
umask 077
fail() {
  printf 'initrunner: %s\n' "$1" >&2
  exit 3
}
home=$(cd && pwd -P) || fail "there is no home directory"
base=$home/.cache/initrunner
mkdir -p "$base/mounts" "$base/work" && chmod 700 "$base" "$base/mounts" "$base/work" \
  || fail "cannot write in '$base'"
cd "$base/mounts" || fail "cannot enter '$base/mounts'"
for entry; do
  mkdir -p "$entry" && touch "$entry" || fail "cannot write in '$base/mounts'"
done
printf '%s\n' "$home"

mine=" $* "
# $1 an entry; it stays if this run uses it, if it is not ours, or if something has used it since midnight
# or so.
remove() {
  case $1 in
    '' | *[!0-9a-f]*) return ;;
  esac
  case $mine in
    *" $1 "*) return ;;
  esac
  # Directories of the copy may be read-only.
  chmod -R u+rwX "./$1" && rm -rf "./$1"
}

# Names that do not fit are not ours, and end nothing.
# shellcheck disable=SC2012 # an entry's name is digits
ls -t | tail -n +$((most + 1)) | while IFS= read -r entry; do
  # Another run may still have it mounted.
  [ -z "$(find "./$entry" -prune -mtime +0)" ] || remove "$entry"
done
find . ! -name . -prune -type d -mtime +$days -print | while IFS= read -r entry; do
  remove "${entry#./}"
done
exit 0
