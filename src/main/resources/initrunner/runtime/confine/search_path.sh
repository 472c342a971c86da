# Prints the first directory of PATH that lies in one of the arguments, by its own name or by where it,
# or one above it, leads to, and exits with 3. Builtins do all of it.

for root; do
  shift
  real=$(cd -P -- "$root" 2>/dev/null && pwd -P) && set -- "$@" "${real%/}"
done
rest=$PATH:
while [ -n "$rest" ]; do
  entry=${rest%%:*} rest=${rest#*:}
  case $entry in
  /*) at=$entry ;;
  *) at=$PWD/$entry ;;
  esac
  while [ -n "$at" ]; do
    real=$(cd -P -- "$at" 2>/dev/null && pwd -P)
    for root; do
      case $real/ in "$root"/*) printf '%s\n' "${entry:-.}"; exit 3 ;; esac
    done
    at=${at%/*}
  done
done
