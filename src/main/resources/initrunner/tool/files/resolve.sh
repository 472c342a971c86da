# For POSIX sh. Starts in the root directory; $1 is a path of the model's.
# Ends in the directory that holds what the path means, where nothing can be swapped under it, with
# its name there in $name: no symbolic link any more, and "." for the directory itself.
LC_ALL=C
export LC_ALL
unset CDPATH
path=$1
shift

fail() {
  printf '%s\n' "$1" >&2
  exit 65
}

# The sentinel keeps newlines at the end of a directory's name.
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
# directory, $2 in small letters what is about to be made in it.
is_repository() {
  [ -e "$1/HEAD" ] || [ -L "$1/HEAD" ] || [ "$2" = head ] || return 1
  if [ -e "$1/commondir" ] || [ "$2" = commondir ]; then
    return 0
  fi
  { [ -e "$1/objects" ] || [ "$2" = objects ]; } && { [ -e "$1/refs" ] || [ "$2" = refs ]; }
}

# Whether one of the names that slashes separate is .git, also as a file system reads it that folds
# letters, passes over those that are not seen, cuts dots and blanks at an end, or has short names.
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

# Before a name is made or replaced in this directory: what git obeys is not written.
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

# Into a directory below, made with what leads there where that is asked for.
enter() {
  cd -P "./$1" 2>/dev/null && return
  [ "$make" = yes ] || fail "no such directory: '$path'"
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
      # A path of the model's may be absolute where it is below the root, by either of its names.
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
        cd -P "./$name" || fail "no such directory: '$path'"
        name=.
        ;;
    esac
    [ -L "./$name" ] || break
    left_to_follow=$((left_to_follow - 1))
    [ "$left_to_follow" -gt 0 ] || fail "too many symbolic links: '$path'"
    rest=$(readlink "./$name" && printf x) || fail "cannot read the link '$path'"
    rest=${rest%??}
  done
  inside
}

# What is to be a directory is entered, and looked at again.
resolve_directory() {
  resolve
  [ -e "./$name" ] || fail "no such directory: '$path'"
  [ ! -f "./$name" ] || fail "'$path' is a file, not a directory"
  [ -d "./$name" ] || fail "'$path' is no directory"
  cd -P "./$name" 2>/dev/null || fail "cannot enter the directory '$path'"
  inside
}

resolve_file() {
  resolve
  [ -e "./$name" ] || fail "no such file: '$path'"
  [ ! -d "./$name" ] || fail "'$path' is a directory"
  [ -f "./$name" ] || fail "'$path' is not a regular file"
}

# A link may have another ending than what it leads to.
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

# Gives the new file back the set-ID bits that writing to it has cleared, if it has the same owner.
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

# A file beside the one to be written, gone at the end whatever happens.
temporary() {
  keep_repository "$name"
  new=
  trap '[ -z "$new" ] || rm -f "$new"' EXIT
  trap 'exit 129' HUP INT TERM
  new=$(mktemp ./.initrunner-writing-XXXXXXXX) || fail "cannot write beside '$path'"
  if [ -e "./$name" ]; then
    [ -w "./$name" ] || fail "'$path' is not writable"
    # What cannot be kept (another's owner) is no fault; busybox speaks of it, POSIX's cp does not.
    # GNU's keeps extended attributes and access control lists as well, where the file system can.
    cp --preserve=all "./$name" "$new" 2>/dev/null ||
      said=$(cp -p "./$name" "$new" 2>&1) || fail "cannot write beside '$path': $said"
  else
    chmod '=rw' "$new" || fail "cannot write beside '$path'"
  fi
}

where
root=$here
make=no
