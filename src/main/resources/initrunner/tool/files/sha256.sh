# Finds a program for digests; one that is there need not know SHA-256.
find_hash() {
  for hash in sha256sum 'shasum -a 256' 'sha256 -q' 'openssl dgst -sha256 -r'; do
    sum=$($hash </dev/null 2>/dev/null) || continue
    [ "${sum%% *}" != e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ] || return 0
  done
  fail "the host has no program for SHA-256 (sha256sum, shasum, sha256, openssl) to compare '$path' by"
}

# The first bytes of the file, as many as $size says.
content() {
  [ "$size" -eq 0 ] || head -c "$size" <"$1"
}

# Sets $sum to the SHA-256 of these bytes.
digest() {
  sum=$(content "$1" | $hash) || fail "cannot read '$path'"
  sum=${sum%% *}
}
