package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads keys and values of a TOML text, from an offset on. For one thread.
final class TomlValues {

  private static final int MOST_LEVELS = 100;

  private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

  private static final Pattern NUMBER_OR_TIME =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?"
              + "(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
              + "|[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?"
              + "|0x[0-9a-fA-F](?:_?[0-9a-fA-F])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*"
              + "|[+-]?(?:inf|nan)"
              + "|[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?");

  private final String text;

  /// The offset of what is read next.
  int at;

  TomlValues(String text) {
    this.text = text;
  }

  SyntaxFault fault(String message) {
    return new SyntaxFault(text, at, message);
  }

  private boolean has(String token) {
    return text.startsWith(token, at);
  }

  void blanks() {
    while (has(" ") || has("\t")) {
      at++;
    }
  }

  void comment() {
    int end = text.indexOf('\n', at);
    at = end < 0 ? text.length() : end;
  }

  void linesAndComments() {
    while (true) {
      blanks();
      if (has("\n")) {
        at++;
      } else if (has("\r\n")) {
        at += 2;
      } else if (has("#")) {
        comment();
      } else {
        return;
      }
    }
  }

  /// The names of a dotted key, and the blanks behind it.
  List<String> key() {
    List<String> names = new ArrayList<>();
    do {
      if (!names.isEmpty()) {
        at++;
        blanks();
      }
      names.add(name());
      blanks();
    } while (has("."));
    return List.copyOf(names);
  }

  private String name() {
    if (has("\"") || has("'")) {
      return string(has("\"") ? "\"" : "'");
    }
    Matcher bare = BARE_KEY.matcher(text).region(at, text.length());
    if (!bare.lookingAt()) {
      throw fault(at == text.length() ? "the text ends too early" : "a key belongs here");
    }
    at = bare.end();
    return bare.group();
  }

  TomlSection.Pair pair() {
    return pair(0);
  }

  private TomlSection.Pair pair(int level) {
    int start = at;
    List<String> key = key();
    if (!has("=")) {
      throw fault("= belongs behind the key");
    }
    at++;
    blanks();
    int valueStart = at;
    Json value = value(level);
    return new TomlSection.Pair(start, key, valueStart, at, value);
  }

  private Json value(int level) {
    if (level > MOST_LEVELS) {
      throw fault("more than " + MOST_LEVELS + " levels");
    }
    for (String quotes : List.of("\"\"\"", "'''", "\"", "'")) {
      if (has(quotes)) {
        return new Json.Text(string(quotes));
      }
    }
    if (has("[")) {
      return array(level);
    }
    return has("{") ? inlineTable(level) : literal();
  }

  private Json array(int level) {
    at++;
    List<Json> elements = new ArrayList<>();
    linesAndComments();
    while (!has("]")) {
      elements.add(value(level + 1));
      separate("]");
    }
    at++;
    return new Json.Arr(elements);
  }

  private Json inlineTable(int level) {
    at++;
    Json.Obj table = Json.Obj.EMPTY;
    linesAndComments();
    while (!has("}")) {
      TomlSection.Pair pair = pair(level + 1);
      table = table.with(String.join(".", pair.key()), pair.value());
      separate("}");
    }
    at++;
    return table;
  }

  private void separate(String end) {
    linesAndComments();
    if (has(",")) {
      at++;
      linesAndComments();
    } else if (!has(end)) {
      throw fault("a comma or " + end + " belongs here");
    }
  }

  private Json literal() {
    for (String word : List.of("true", "false")) {
      if (has(word)) {
        at += word.length();
        return new Json.Bool(word.equals("true"));
      }
    }
    Matcher number = NUMBER_OR_TIME.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw fault(at == text.length() ? "the text ends too early" : "a value belongs here");
    }
    at = number.end();
    return new Json.Num(number.group());
  }

  /// @param quotes one or three of a kind; the double ones have escapes, three go over lines
  private String string(String quotes) {
    boolean isLong = quotes.length() == 3;
    int start = at;
    at += quotes.length();
    if (isLong) {
      at += has("\r\n") ? 2 : has("\n") ? 1 : 0;
    }
    StringBuilder string = new StringBuilder();
    while (!has(quotes)) {
      if (at >= text.length() || isForbidden(text.charAt(at), isLong)) {
        throw new SyntaxFault(text, start, "this string does not end");
      }
      if (has("\\") && quotes.startsWith("\"")) {
        string.append(escaped(isLong));
      } else {
        string.append(text.charAt(at++));
      }
    }
    at += quotes.length();
    // Up to two quotes may stand in front of the last three.
    for (int more = 0; isLong && more < 2 && has(quotes.substring(0, 1)); more++) {
      string.append(text.charAt(at++));
    }
    return string.toString();
  }

  private static boolean isForbidden(char character, boolean isLong) {
    boolean isBlank = character == '\t' || (isLong && (character == '\n' || character == '\r'));
    return (character < ' ' && !isBlank) || character == '\u007F';
  }

  private String escaped(boolean isLong) {
    int start = at++;
    char kind = at < text.length() ? text.charAt(at++) : ' ';
    int simple = "\"\\bfnrte".indexOf(kind);
    if (simple >= 0) {
      return String.valueOf("\"\\\b\f\n\r\t\u001B".charAt(simple));
    }
    int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    String code = text.substring(at, Math.min(at + digits, text.length()));
    if (digits > 0 && code.matches("[0-9a-fA-F]{" + digits + "}")) {
      at += digits;
      long point = Long.parseLong(code, 16);
      if (Character.isValidCodePoint((int) point) && point <= Character.MAX_CODE_POINT) {
        return Character.toString((int) point);
      }
    }
    if (isLong && digits == 0 && isLineEnd(start + 1)) {
      at = start + 1;
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return "";
    }
    throw new SyntaxFault(text, start, "there is no such escape");
  }

  /// Whether only blanks stand between this and the end of the line.
  private boolean isLineEnd(int from) {
    int newline = text.indexOf('\n', from);
    return newline >= 0 && text.substring(from, newline).isBlank();
  }
}
