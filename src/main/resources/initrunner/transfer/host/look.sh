# $1 the root; $2 how many names in it are looked at, 0 for all; these; then patterns of names that are
# left out, those with a / of whole paths. Prints what the root is, then what the tree holds, then the
# clock and what the host has, each value before a NUL.
most=$2
all=yes
[ "$most" = 0 ] || all=no
shift 2
if [ -d "$root" ]; then
  cd "$root" || fail "cannot enter '$name'"
  state=there
elif [ -e "$root" ] || [ -L "$root" ]; then
  state=file
else
  state=missing
fi
printf '%s\000' $state

read_clock

has() {
  command -v "$1" >/dev/null 2>&1
}

# The programs for digests: for few files, and for many bytes.
empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
openssl='openssl dgst -sha256 -r'
hash=none
if has sha256sum; then
  hash=sha256sum
else
  for each in 'shasum -a 256' 'sha256 -q' "$openssl" cksum; do
    sum=$($each </dev/null 2>/dev/null) || continue
    case ${sum%% *} in
      "$empty" | 4294967295) hash=$each && break ;;
    esac
  done
fi
fast=$hash
[ "$hash" = cksum ] || ! has openssl || fast=$openssl

can=
for each in tar gzip tee; do
  ! has $each || can="$can $each"
done

# Ends with the status of the list, and how the host lists.
tell() {
  printf '%s\000' "end $1" "$now" "$hash" "$fast" "$2" "$can"
  exit 0
}

how_it_lists() {
  if [ "$(find . -prune -printf x 2>/dev/null)" = x ]; then
    form=gnu
  elif stat -c '%f %s %Y %Z %i' . >/dev/null 2>&1; then
    form=c
  elif stat -f '%p %z %Fm %Fc %i' . >/dev/null 2>&1; then
    form=f
  else
    form=none
  fi
}

# The arguments become, from the front to the back, what find is called with.
patterns=$(($# - most))
starts=0
while [ "$most" -gt 0 ]; do
  if [ $state = there ] && { [ -e "./$1" ] || [ -L "./$1" ]; }; then
    starts=$((starts + 1))
    set -- "$@" "./$1"
  fi
  shift
  most=$((most - 1))
done
if [ $starts = 0 ] && [ $all = yes ]; then
  set -- "$@" .
elif [ $starts = 0 ]; then
  state=missing
fi
if [ $state != there ]; then
  how_it_lists
  tell 0 $form
fi
set -- "$@" '('
while [ "$patterns" -gt 0 ]; do
  case $1 in
    */*) set -- "$@" -path "./${1#/}" -o ;;
    *) set -- "$@" -name "$1" -o ;;
  esac
  shift
  patterns=$((patterns - 1))
done
# What is left out always has one name, so that the brackets are not empty.
set -- "$@" -name .initrunner-is-never-called-so ')'

# A find without -printf prints nothing but a complaint.
find "$@" -prune -o ! -name . -printf '%y %m %s %T@ %C@ %i %p\000%l\000' 2>/dev/null && tell 0 gnu
status=$?
how_it_lists
case $form in
  gnu) find "$@" -prune -o ! -name . -print >/dev/null ;;
  c | f)
    # shellcheck disable=SC2016 # the inner shell's own
    find "$@" -prune -o ! -name . -exec sh -c '
      form=$0
      printf "%s\n" $#
      case $form in
        c) stat -c "%f %s %Y %Z %i" "$@" ;;
        f) stat -f "%p %z %Fm %Fc %i" "$@" ;;
      esac
      for file; do
        printf "%s\000" "${file#./}"
        [ ! -L "$file" ] || readlink -n "$file"
        printf "\000"
      done' "$form" {} +
    status=$?
    ;;
esac
tell $status $form
