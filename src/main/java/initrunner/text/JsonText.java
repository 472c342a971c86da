package initrunner.text;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes maps, lists, numbers, flags and texts as JSON (RFC 8259) that a terminal may show
/// ([SafeText#quoted]). An empty [Optional] is `null`. Stateless.
public final class JsonText {

  private JsonText() {}

  /// All on one line.
  public static String line(Object tree) {
    StringBuilder json = new StringBuilder();
    append(json, tree, "");
    return json.toString();
  }

  /// Each entry of a map is on its own line.
  public static String of(Object tree) {
    StringBuilder json = new StringBuilder();
    append(json, tree, "\n");
    return json.toString();
  }

  /// @param lineEnd with the indentation of the next line; empty for all on one line
  private static void append(StringBuilder json, Object value, String lineEnd) {
    switch (value) {
      case Map<?, ?> map -> append(json, map, lineEnd);
      case List<?> list -> append(json, list, lineEnd);
      case Optional<?> some ->
          some.ifPresentOrElse(
              present -> append(json, present, lineEnd), () -> json.append("null"));
      case BigDecimal number -> json.append(number.toPlainString());
      case Number number -> json.append(number);
      case Boolean flag -> json.append(flag);
      default -> json.append(SafeText.quoted(value.toString()));
    }
  }

  private static void append(StringBuilder json, Map<?, ?> map, String lineEnd) {
    boolean isOneLine = lineEnd.isEmpty();
    String inside = isOneLine ? "" : lineEnd + "  ";
    String before = "{" + inside;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.append(before).append(SafeText.quoted(entry.getKey().toString()));
      append(json.append(isOneLine ? ":" : " : "), entry.getValue(), inside);
      before = "," + inside;
    }
    json.append(map.isEmpty() ? "{" : lineEnd).append('}');
  }

  private static void append(StringBuilder json, List<?> list, String lineEnd) {
    String blank = lineEnd.isEmpty() ? "" : " ";
    String before = "[" + blank;
    for (Object item : list) {
      append(json.append(before), item, lineEnd);
      before = "," + blank;
    }
    json.append(list.isEmpty() ? "[" : blank).append(']');
  }
}
