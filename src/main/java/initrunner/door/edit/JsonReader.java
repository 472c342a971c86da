package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a JSON text that may have comments and commas behind last values, as VS Code and Zed do,
/// and notes where each value stands. For one thread.
final class JsonReader {

  /// Bounds the recursion.
  static final int MOST_LEVELS = 200;

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /// The value of a text; empty if it has blanks and comments only.
  ///
  /// @throws SyntaxFault if it is not JSON
  static Optional<JsonNode> read(String text) {
    JsonReader reader = new JsonReader(text);
    if (text.startsWith("\uFEFF")) {
      reader.at++;
    }
    reader.skip();
    if (reader.at == text.length()) {
      return Optional.empty();
    }
    JsonNode value = reader.value(0);
    reader.skip();
    if (reader.at < text.length()) {
      throw reader.fault("something follows the end of the JSON value");
    }
    return Optional.of(value);
  }

  /// The first offset from here that is neither a blank nor in a comment.
  ///
  /// @throws SyntaxFault if a comment does not end
  static int skip(String text, int from) {
    JsonReader reader = new JsonReader(text);
    reader.at = from;
    reader.skip();
    return reader.at;
  }

  private void skip() {
    while (at < text.length()) {
      char next = text.charAt(at);
      if (isBlank(next)) {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw fault("this comment does not end");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  static boolean isBlank(char character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
  }

  private JsonNode value(int level) {
    if (level > MOST_LEVELS) {
      throw fault("more than " + MOST_LEVELS + " levels");
    }
    return switch (at < text.length() ? text.charAt(at) : ' ') {
      case '{' -> object(level);
      case '[' -> array(level);
      case '"' -> {
        int start = at;
        String string = string();
        yield new JsonNode.Scalar(start, at, new Json.Text(string));
      }
      default -> literal();
    };
  }

  private JsonNode object(int level) {
    int start = at++;
    List<JsonNode.Member> members = new ArrayList<>();
    skip();
    while (!has('}')) {
      if (!has('"')) {
        throw fault("a name in quotes or } belongs here");
      }
      int memberStart = at;
      String name = string();
      skip();
      expect(':', "a colon belongs behind the name");
      skip();
      members.add(new JsonNode.Member(memberStart, name, value(level + 1)));
      separate('}');
    }
    at++;
    return new JsonNode.Obj(start, at, List.copyOf(members));
  }

  private JsonNode array(int level) {
    int start = at++;
    List<JsonNode> elements = new ArrayList<>();
    skip();
    while (!has(']')) {
      elements.add(value(level + 1));
      separate(']');
    }
    at++;
    return new JsonNode.Arr(start, at, List.copyOf(elements));
  }

  /// To the next value, or to the bracket that ends them.
  private void separate(char end) {
    skip();
    if (!has(end)) {
      expect(',', "a comma or " + end + " belongs here");
      skip();
    }
  }

  private boolean has(char character) {
    return at < text.length() && text.charAt(at) == character;
  }

  private void expect(char character, String message) {
    if (!has(character)) {
      throw fault(message);
    }
    at++;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    at++;
    while (!has('"')) {
      if (at >= text.length() || text.charAt(at) < ' ') {
        throw fault("this string does not end");
      }
      string.append(has('\\') ? escaped() : text.charAt(at++));
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    at++;
    char kind = at < text.length() ? text.charAt(at++) : ' ';
    return switch (kind) {
      case '"', '\\', '/' -> kind;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hexadecimal();
      default -> {
        at -= 2;
        throw fault("there is no such escape");
      }
    };
  }

  private char hexadecimal() {
    String digits = text.substring(at, Math.min(at + 4, text.length()));
    if (!digits.matches("[0-9a-fA-F]{4}")) {
      throw fault("four hexadecimal digits belong here");
    }
    at += 4;
    return (char) Integer.parseInt(digits, 16);
  }

  private JsonNode literal() {
    int start = at;
    for (String word : List.of("true", "false", "null")) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return new JsonNode.Scalar(
            start, at, word.equals("null") ? new Json.Null() : new Json.Bool(word.equals("true")));
      }
    }
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw fault(at == text.length() ? "the text ends too early" : "a value belongs here");
    }
    at = number.end();
    return new JsonNode.Scalar(start, at, new Json.Num(number.group()));
  }

  private SyntaxFault fault(String message) {
    return new SyntaxFault(text, at, message);
  }
}
