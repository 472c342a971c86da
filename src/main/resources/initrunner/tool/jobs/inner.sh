# The first process of a job: DIRECTORY MASK COMMAND... It says who it is, and waits until that is read.
dir=$1
umask "$2"
shift 2
fields() {
  begun=${20}
}
IFS= read -r stat </proc/$$/stat
# shellcheck disable=SC2086 # the fields of the line
fields ${stat##*")"}
IFS= read -r boot </proc/sys/kernel/random/boot_id
printf '%s %s %s %s\n' "$$" "$begun" "$boot" "$(uname -n)" >"$dir/.pid" &&
  mv "$dir/.pid" "$dir/pid" || {
  echo failed >"$dir/go"
  exit 126
}
echo begun >"$dir/go"
unset dir stat begun boot
exec "$@"
