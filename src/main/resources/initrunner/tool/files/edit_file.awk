# The file, the text, its replacement and one more character, as bytes in one piece.
BEGIN { RS = FS = "\001"; ORS = "" }
{ all = NR == 1 ? $0 : all RS $0 }
END {
  if (length(all) != size + from + to + 1) exit 5
  old = substr(all, size + 1, from)
  new = substr(all, size + from + 1, to)
  rest = substr(all, 1, size)
  # A model seldom writes the ends of lines that a file from elsewhere has. Where all of a file have
  # a carriage return, those of both texts get one; where some have, only if nothing else matches.
  ends = gsub(/\n/, "&", rest)
  returns = gsub(/\r\n/, "&", rest)
  if (returns > 0 && (returns == ends || index(rest, old) == 0)) {
    gsub(/\r\n/, "\n", old)
    gsub(/\n/, "\r\n", old)
    gsub(/\r\n/, "\n", new)
    gsub(/\n/, "\r\n", new)
  }
  at = index(rest, old)
  # One that begins within the first counts: which of the two was meant is not to be seen.
  if (which == "one" && at > 0 && index(substr(rest, at + 1), old) > 0) exit 4
  for (count = 0; at > 0; count++) {
    print substr(rest, 1, at - 1) new
    rest = substr(rest, at + length(old))
    at = index(rest, old)
  }
  if (count == 0) exit 3
  print rest
}
