package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import initrunner.text.SafeText;
import java.util.stream.Collectors;

/// How a JSON text is laid out, and values in that layout. Immutable.
///
/// @param newline what ends its lines
/// @param unit the blanks of one level
record JsonLayout(String newline, String unit) {

  private static final String USUAL_UNIT = "  ";

  /// The layout of a text; the usual one where it shows none.
  static JsonLayout of(String text) {
    int end = text.indexOf('\n');
    String newline = end > 0 && text.charAt(end - 1) == '\r' ? "\r\n" : "\n";
    return new JsonLayout(
        newline, JsonReader.read(text).map(root -> unit(text, root)).orElse(USUAL_UNIT));
  }

  private static String unit(String text, JsonNode root) {
    if (root instanceof JsonNode.Obj object && !object.members().isEmpty()) {
      int first = object.members().getFirst().start();
      String indent = indent(text, first);
      if (isFirstOfItsLine(text, first) && !indent.isEmpty()) {
        return indent;
      }
    }
    return USUAL_UNIT;
  }

  /// The blanks at the beginning of the line of this offset.
  static String indent(String text, int at) {
    int start = text.lastIndexOf('\n', at - 1) + 1;
    int end = start;
    while (end < at && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
      end++;
    }
    return text.substring(start, end);
  }

  /// Whether only blanks stand in front of it on its line, and another line in front of that.
  static boolean isFirstOfItsLine(String text, int at) {
    int start = text.lastIndexOf('\n', at - 1) + 1;
    return start > 0 && text.substring(start, at).isBlank();
  }

  /// A value on lines of its own.
  ///
  /// @param indent of the line on which it begins
  String lines(Json value, String indent) {
    return switch (value) {
      case Json.Obj object when !object.members().isEmpty() ->
          object.members().entrySet().stream()
              .map(each ->
                  indent
                      + unit
                      + SafeText.quoted(each.getKey())
                      + ": "
                      + lines(each.getValue(), indent + unit))
              .collect(Collectors.joining("," + newline, "{" + newline, newline + indent + "}"));
      case Json.Arr array when array.elements().stream().anyMatch(JsonLayout::hasParts) ->
          array.elements().stream()
              .map(each -> indent + unit + lines(each, indent + unit))
              .collect(Collectors.joining("," + newline, "[" + newline, newline + indent + "]"));
      default -> line(value);
    };
  }

  private static boolean hasParts(Json value) {
    return value instanceof Json.Obj || value instanceof Json.Arr;
  }

  /// A value on one line.
  static String line(Json value) {
    return switch (value) {
      case Json.Obj object ->
          object.members().entrySet().stream()
              .map(each -> SafeText.quoted(each.getKey()) + ": " + line(each.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case Json.Arr array ->
          array.elements().stream()
              .map(JsonLayout::line)
              .collect(Collectors.joining(", ", "[", "]"));
      case Json.Text(String string) -> SafeText.quoted(string);
      case Json.Num(String digits) -> digits;
      case Json.Bool(boolean flag) -> String.valueOf(flag);
      case Json.Null() -> "null";
    };
  }
}
