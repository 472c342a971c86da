# Stops a job: ID GRACE_TENTHS HUNT. HUNT is the text of the script that stops
# the processes of a cookie. Its answer is the verdict of the hunt in a line, what the cleanup ended
# with in another, and the description of the job.

require "$1"
dir=$jobs/$id grace=$2 hunt=$3
judge "$dir"
case $is in
  starting | running) ;;
  elsewhere) fail "job $1 runs on the machine $node, which shares these files: stop it there" 6 ;;
  rebooted) printf 'verdict none\ncleanup 0\n'; describe "$dir"; exit 0 ;;
  *) ;;
esac
case $is in starting | running) (set -C && : >"$dir/stopped") 2>/dev/null ;; esac
# A process with that number may be another's by now.
[ "$is" = running ] || pid=
elapsed=0
if [ "$born" != 0 ] && IFS=' ' read -r up _ </proc/uptime; then
  ticks=$(getconf CLK_TCK 2>/dev/null) || ticks=100
  elapsed=$(((${up%%.*} + 1) * 100 - born * 100 / ticks))
fi
cookie=$(sed -n 's/^cookie //p' "$dir/start")
[ ${#cookie} = 24 ] || fail "job $1 says not how its processes are found"
end=${cookie#????????????}
verdict=$(sh -c "$hunt" initrunner-stop "${cookie%"$end"}" "$end" "$grace" "$elapsed" "$pid" | tail -n 1)
printf 'verdict %s\n' "$verdict"
# The supervisor ends what the launcher holds; where it is gone, that is not known.
rounds=0
while [ "$rounds" -lt 100 ] && runs "$dir/supervisor"; do
  { [ ! -f "$dir/cleaned" ] || [ ! -f "$dir/closed" ]; } || break
  rounds=$((rounds + 1))
  pause
done
cleaned=$(first_line "$dir/cleaned")
[ "$is" = running ] || cleaned=${cleaned:-0}
printf 'cleanup %s\n' "${cleaned:-2}"
describe "$dir"
