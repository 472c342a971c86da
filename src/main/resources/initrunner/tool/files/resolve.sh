# Starts in the root directory; $1 is a path from the model. Ends in the directory of the file, so
# that no change of the directories above can redirect it. $name is the file's name there: no
# symbolic link, or "." for the directory itself.
LC_ALL=C
export LC_ALL
unset CDPATH
path=$1
shift

fail() {
  printf '%s\n' "$1" >&2
  exit 65
}

# Some callers tell what is missing from what is refused by the exit status.
missing() {
  printf '%s\n' "$1" >&2
  exit "$missing_status"
}

# The x keeps newlines at the end of a directory's name.
where() {
  here=$(pwd -P && printf x) || fail "the directory of '$path' cannot be read"
  here=${here%??}
}

inside() {
  where
  case ${here%/}/ in
    "${root%/}"/*) ;;
    *) fail "'$path' leads outside of the root directory" ;;
  esac
}

# Whether git takes a directory for a repository, whose configuration and hooks it obeys: $1 is the
# directory, $2 the name, in small letters, of what is about to be made in it.
is_repository() {
  [ -e "$1/HEAD" ] || [ -L "$1/HEAD" ] || [ "$2" = head ] || return 1
  if [ -e "$1/commondir" ] || [ "$2" = commondir ]; then
    return 0
  fi
  { [ -e "$1/objects" ] || [ "$2" = objects ]; } && { [ -e "$1/refs" ] || [ "$2" = refs ]; }
}

# Whether one of the names between slashes is .git to some file system: one that ignores case or
# invisible characters, drops dots and blanks at the end, or has short names.
names_git() {
  case $1 in
    *[Gg]*[Ii]*[Tt]*) ;;
    *) return 1 ;;
  esac
  names=$(printf '%s' "$1" | tr 'A-Z' 'a-z' | tr -d '\200-\377')/
  while [ -n "$names" ]; do
    each=${names%%/*}
    names=${names#*/}
    each=${each%%:*}
    while :; do
      case $each in
        *[!.\ ]*[.\ ]) each=${each%?} ;;
        *) break ;;
      esac
    done
    case $each in
      .git | git~1) return 0 ;;
    esac
  done
  return 1
}

# Refuses to make or replace a name in this directory if git would obey it.
keep_repository() {
  where
  ! names_git "$here/$1" ||
    fail "'$path' is in a .git directory, which is not written: git obeys what stands there"
  made=$(printf '%s' "$1" | tr 'A-Z' 'a-z')
  up=$here
  while :; do
    ! is_repository "${up%/}" "$made" ||
      fail "'$path' is in the git repository '$up', which is not written: git obeys what stands there"
    made=
    [ -n "${up%/}" ] || break
    up=${up%/*}
  done
}

# Enters a directory below. If $make is yes, makes it and the directories on the way.
enter() {
  cd -P "./$1" 2>/dev/null && return
  [ "$make" = yes ] || missing "no such directory: '$path'"
  left=$1/
  while [ -n "$left" ]; do
    part=${left%%/*}
    left=${left#*/}
    [ -n "$part" ] || continue
    if [ ! -e "./$part" ] && [ ! -L "./$part" ]; then
      inside
      keep_repository "$part"
      mkdir "./$part" || fail "cannot make the directory of '$path'"
    fi
    cd -P "./$part" 2>/dev/null || fail "no directory: '$path'"
  done
}

resolve() {
  left_to_follow=40
  rest=$path
  case $rest in
    /*)
      # An absolute path may start with the root's physical name or with the name it was given.
      case $rest/ in
        "${root%/}"/*) rest=${rest#"${root%/}"} ;;
        "${PWD%/}"/*) rest=${rest#"${PWD%/}"} ;;
        *) fail "'$path' is outside of the root directory" ;;
      esac
      rest=./$rest
      ;;
  esac
  while :; do
    case $rest in
      /*) cd / ;;
    esac
    case $rest in
      */*)
        name=${rest##*/}
        enter "${rest%/*}"
        ;;
      *) name=$rest ;;
    esac
    make=no
    case $name in
      '' | . | ..)
        cd -P "./$name" || missing "no such directory: '$path'"
        name=.
        ;;
    esac
    [ -L "./$name" ] || break
    linked=yes
    [ "$follow" = yes ] || break
    left_to_follow=$((left_to_follow - 1))
    [ "$left_to_follow" -gt 0 ] || fail "too many symbolic links: '$path'"
    rest=$(readlink "./$name" && printf x) || fail "cannot read the link '$path'"
    rest=${rest%??}
  done
  inside
}

# Enters the directory, and checks again that it is inside.
resolve_directory() {
  resolve
  [ -e "./$name" ] || missing "no such directory: '$path'"
  [ ! -f "./$name" ] || fail "'$path' is a file, not a directory"
  [ -d "./$name" ] || fail "'$path' is no directory"
  cd -P "./$name" 2>/dev/null || fail "cannot enter the directory '$path'"
  inside
}

resolve_file() {
  resolve
  [ -e "./$name" ] || missing "no such file: '$path'"
  [ ! -d "./$name" ] || fail "'$path' is a directory"
  [ -f "./$name" ] || fail "'$path' is not a regular file"
}

# Checks the resolved name: a link may have another ending than its target.
allowed() {
  extensions=$1
  [ -n "$extensions" ] || return 0
  for extension in $extensions; do
    case $name in
      *"$extension") return 0 ;;
    esac
  done
  fail "'$path' does not end with one of:$extensions"
}

bytes_of() {
  size=$(wc -c <"$1") || fail "cannot read '$path'"
  size=$((size))
}

is_binary() {
  [ $(($(dd bs=8192 count=1 2>/dev/null <"./$name" | tr -dc '\000' | wc -c))) -gt 0 ]
}

# Restores the set-ID bits that writing cleared, if the new file has the same owner.
set_ids() {
  [ -e "./$name" ] || return 0
  set -f
  # shellcheck disable=SC2046 # the fields of the line
  set -- $(ls -nld "$new")
  new_owner=$3:$4
  # shellcheck disable=SC2046 # the same
  set -- $(ls -nld "./$name")
  set +f
  modes=$1
  [ "$3:$4" = "$new_owner" ] || return 0
  case $modes in ???[sS]*) chmod u+s "$new" ;; esac
  case $modes in ??????[sS]*) chmod g+s "$new" ;; esac
  case $modes in ?????????[tT]*) chmod +t "$new" ;; esac
}

# Makes a temporary file beside the file; it is removed at every end of this script.
temporary() {
  keep_repository "$name"
  new=
  trap '[ -z "$new" ] || rm -f "$new"' EXIT
  trap 'exit 129' HUP INT PIPE TERM
  new=$(mktemp ./.initrunner-writing-XXXXXXXX) || fail "cannot write beside '$path'"
  if [ -e "./$name" ]; then
    [ -w "./$name" ] || fail "'$path' is not writable"
    # It is no error if the account cannot set the owner. GNU's cp also keeps extended attributes
    # and access control lists, if the file system has them.
    cp --preserve=all "./$name" "$new" 2>/dev/null ||
      said=$(cp -p "./$name" "$new" 2>&1) || fail "cannot write beside '$path': $said"
  else
    chmod '=rw' "$new" || fail "cannot write beside '$path'"
  fi
}

where
root=$here
make=no
follow=yes
linked=no
missing_status=65
