# Makes the root, and a staging directory in it, where they are missing, and enters that.
enter_stage() {
  [ -d "$root" ] || mkdir -p "$root" || fail "cannot enter '$name'"
  cd "$root" || fail "cannot enter '$name'"
  [ -d "$1" ] || (umask 077 && mkdir -p "$1") || fail "cannot write in '$name'"
  cd "./$1" || fail "cannot write in '$name'"
}

# Runs a program with the input, unpacked: $1 gzip or plain.
unpacked() {
  packing=$1
  shift
  case $packing in
    gzip) gzip -dc | "$@" ;;
    *) "$@" ;;
  esac
}
