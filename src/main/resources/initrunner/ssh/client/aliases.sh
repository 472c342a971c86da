# Prints the host aliases of the user's ssh configuration, or of the one in $1, and of the files that
# it includes, one on a line, in the order in which they stand there. Patterns are none.

# As readconf.c: blanks or one = behind the keyword, double quotes around a word, # begins a comment.
read_words() {
  LC_ALL=C awk '
    {
      sub(/\r$/, "")
      sub(/^[ \t]+/, "")
      keyword = tolower($0)
      if (keyword ~ /^host[ \t=]/) kind = "host"
      else if (keyword ~ /^include[ \t=]/) kind = "include"
      else next
      rest = substr($0, length(kind) + 1)
      sub(/^[ \t]*=?[ \t]*/, "", rest)
      while (rest != "" && substr(rest, 1, 1) != "#") {
        if (match(rest, /^"[^"]*"/)) word = substr(rest, 2, RLENGTH - 2)
        else { match(rest, /^[^ \t]+/); word = substr(rest, 1, RLENGTH) }
        rest = substr(rest, RLENGTH + 1)
        sub(/^[ \t]+/, "", rest)
        print kind, word
      }
    }' "$1"
}

# $1 is a file, $2 are the files that lead to it, each between colons.
aliases_of() {
  case $2 in *":$1:"*) return 0 ;; esac
  [ -f "$1" ] && [ -r "$1" ] || return 0
  read_words "$1" | while IFS=" " read -r kind word; do
    if [ "$kind" = host ]; then
      printf "%s\n" "$word"
      continue
    fi
    case $word in
      /*) ;;
      [~]/*) word=$HOME/${word#??} ;;
      *) word=$HOME/.ssh/$word ;;
    esac
    # The names that the pattern stands for, with blanks in them kept.
    IFS=
    for file in $word; do
      (aliases_of "$file" "$2:$1:")
    done
  done
}

aliases_of "${1:-$HOME/.ssh/config}" "" |
  LC_ALL=C awk '/^[A-Za-z0-9_][A-Za-z0-9_.@:%+-]*$/ && !seen[$0]++ && ++count <= 5000'
