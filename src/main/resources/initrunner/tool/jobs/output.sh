# Prints a job's output: ID FROM MOST_BYTES SECONDS. FROM may be `end`, for the last MOST_BYTES. Waits
# up to SECONDS for more than FROM bytes, or for the end of the job. Its answer is the description of
# the job, then `from N` and `to N` with the bytes that follow, an empty line, and the bytes.

require "$1"
dir=$jobs/$id from=$2 most=$3
read_clock
until=$((clock + $4))
while :; do
  judge "$dir"
  [ ! -f "$dir/closed" ] || break
  measure "$dir"
  case $is in
    running | starting | elsewhere) ;;
    # The last bytes may be on their way.
    ended) [ "$until" -le $((clock + 2)) ] || until=$((clock + 2)) ;;
    *) break ;;
  esac
  [ "$from" = end ] || [ "$total" -le "$from" ] || break
  read_clock
  [ "$clock" -lt "$until" ] || break
  pause
done
describe "$dir"
if [ "$from" = end ]; then
  from=0
  [ "$total" -le "$most" ] || from=$((total - most))
fi

# Sets $begin and $end to the bytes that the file $1 holds.
bounds() {
  begins "$1"
  size_of "$1"
  end=$((begin + size))
}

# There may be thousands, so that only those that are printed are looked at.
set --
for each in "$dir"/out.*; do
  if is_part "$each"; then set -- "$@" "$each"; fi
done
while [ $# -gt 1 ]; do
  begins "$2"
  [ "$begin" -le "$from" ] || break
  shift
done
# What was dropped in the middle ends the answer, or is passed over at its beginning.
to=
for each; do
  bounds "$each"
  [ "$end" -gt "$from" ] || continue
  if [ -z "$to" ]; then
    [ "$begin" -le "$from" ] || from=$begin
  elif [ "$begin" -gt "$to" ]; then
    break
  fi
  to=$end
  [ $((to - from)) -lt "$most" ] || break
done
to=${to:-$from}
[ $((to - from)) -le "$most" ] || to=$((from + most))
printf 'from %s\nto %s\n\n' "$from" "$to"
for each; do
  [ "$from" -lt "$to" ] || break
  bounds "$each"
  [ "$end" -gt "$from" ] || continue
  [ "$end" -le "$to" ] || end=$to
  tail -c "+$((from - begin + 1))" "$each" | head -c $((end - from))
  from=$end
done
