# Reads the file, the text, its replacement and one more character as one record of bytes.
BEGIN { RS = FS = "\001"; ORS = "" }
{ all = NR == 1 ? $0 : all RS $0 }
END {
  if (length(all) != size + from + to + 1) exit 5
  old = substr(all, size + 1, from)
  new = substr(all, size + from + 1, to)
  rest = substr(all, 1, size)
  # A model seldom writes CR LF. If all lines of the file end with it, the lines of both texts get
  # it; if only some do, the lines get it when the text does not occur otherwise.
  ends = gsub(/\n/, "&", rest)
  returns = gsub(/\r\n/, "&", rest)
  if (returns > 0 && (returns == ends || index(rest, old) == 0)) {
    gsub(/\r\n/, "\n", old)
    gsub(/\n/, "\r\n", old)
    gsub(/\r\n/, "\n", new)
    gsub(/\n/, "\r\n", new)
  }
  at = index(rest, old)
  # An occurrence that overlaps the first counts: the model may mean either.
  if (which == "one" && at > 0 && index(substr(rest, at + 1), old) > 0) exit 4
  for (count = 0; at > 0; count++) {
    print substr(rest, 1, at - 1) new
    rest = substr(rest, at + length(old))
    at = index(rest, old)
  }
  if (count == 0) exit 3
  print rest
}
