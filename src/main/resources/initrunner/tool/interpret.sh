# Becomes an interpreter: the arguments are its command line. If the host lacks it, a line says so:
# code may exit with 127 too.

command -v "$1" >/dev/null 2>&1 || { echo 'initrunner: no interpreter' >&2; exit 127; }
exec "$@"
