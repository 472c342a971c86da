# Starts a job; the arguments are
#   ID FACTS MOST_RUNNING KEPT_DAYS SUPERVISOR INNER CLEANUP LOG_HEAD LOG_TAIL SECONDS COOKIE OWN_COOKIE COMMAND...
# FACTS is the text of `start`, and CLEANUP a script that ends what the launcher holds. The standard input is the job's. The
# job starts in the directory in which this script does. Its answer is the description of the job,
# which runs for certain.

id=$1 facts=$2 most=$3 days=$4 supervisor=$5 inner=$6 cleanup=$7
shift 7
dir=$jobs/$id

[ -r /proc/self/stat ] || fail 'jobs need /proc, which this machine does not have' 4
command -v setsid >/dev/null || fail 'jobs need the program setsid, which this machine does not have' 4
[ -d "$jobs" ] || { mkdir -p "$jobs" && chmod 700 "$jobs"; } || fail "the directory $jobs cannot be made" 4
{ [ -O "$jobs" ] && [ ! -L "$jobs" ]; } || fail "the directory $jobs is not this account's own" 4

# Those that ended long ago go.
find "$jobs" -name status -type f -mtime "+$days" 2>/dev/null | while IFS= read -r old; do
  old=${old%/status}
  case ${old#"$jobs"/} in *[!0-9a-f]*) ;; *) runs "$old/supervisor" || rm -rf "$old" ;; esac
done

running=0
for each in "$jobs"/*/; do
  [ -d "$each" ] || continue
  judge "${each%/}"
  [ "$is" != running ] && [ "$is" != starting ] || running=$((running + 1))
done
[ "$running" -lt "$most" ] || fail "$running jobs run here already, and max_running is $most" 5

full() {
  rm -rf "$dir"
  fail "the job's files cannot be written in $jobs; the disk may be full" 4
}
mkdir "$dir" || fail "the directory $dir cannot be made" 4
look $$
{
  printf '%s %s\n' "$$" "$begun" >"$dir/supervisor" &&
    printf '%s\nsince %s\nhost %s\nsurvives %s\n' \
      "$facts" "$(date +%s)" "$here" "$(survives)" >"$dir/start" &&
    printf '%60s\n' '' >"$dir/.rc" &&
    printf '%60s\n' '' >"$dir/.closed" &&
    cat >"$dir/in" &&
    mkfifo "$dir/go"
} 2>/dev/null || full

# A `setsid` that forks leaves SIGINT as it is; a shell's `&` makes the job ignore it.
INITRUNNER_CALL=$5
export INITRUNNER_CALL
if ! setsid -f sh -c "$supervisor" initrunner-job "$dir" "$inner" "$mask" "$cleanup" "$@" \
  </dev/null >/dev/null 2>&1; then
  setsid sh -c "$supervisor" initrunner-job "$dir" "$inner" "$mask" "$cleanup" "$@" </dev/null >/dev/null 2>&1 &
fi
IFS= read -r how <"$dir/go"
[ "$how" = begun ] || full
rm -f "$dir/go"
describe "$dir"
