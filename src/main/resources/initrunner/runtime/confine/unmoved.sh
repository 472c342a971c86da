# Looks whether paths still lead to what they did: START REAL_START MOUNT...   exit 1 and the path that
# does not. A start directory that is not there is left to the start, which fails for it.

is() {
  [ "$(readlink -f -- "$1")" = "$2" ] || {
    printf '%s\n' "$1"
    exit 1
  }
}
[ ! -e "$1" ] || is "$1" "$2"
shift 2
for path; do is "$path" "$path"; done
