# The file, the text, its replacement and one more character, as bytes in one piece.
BEGIN { RS = FS = "\001"; ORS = "" }
{ all = NR == 1 ? $0 : all RS $0 }
END {
  if (length(all) != size + from + to + 1) exit 5
  old = substr(all, size + 1, from)
  new = substr(all, size + from + 1, to)
  rest = substr(all, 1, size)
  for (count = 0; (at = index(rest, old)) > 0; count++) {
    if (count == 1 && which == "one") exit 4
    print substr(rest, 1, at - 1) new
    rest = substr(rest, at + from)
  }
  if (count == 0) exit 3
  print rest
}
