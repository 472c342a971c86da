package initrunner.text;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The one JSON text of some fields, to be signed: keys in order, no spaces, ASCII only. Stateless.
public final class CanonicalJson {

  private CanonicalJson() {}

  /// The text of an object.
  ///
  /// @param fields a text, a number, a boolean, or nothing for each
  public static String of(SortedMap<String, Optional<Object>> fields) {
    StringBuilder json = new StringBuilder("{");
    for (Map.Entry<String, Optional<Object>> field : fields.entrySet()) {
      if (json.length() > 1) {
        json.append(',');
      }
      quote(json, field.getKey());
      json.append(':');
      append(json, field.getValue().orElse(null));
    }
    return json.append('}').toString();
  }

  /// Appends one value; nothing is `null`.
  public static void append(StringBuilder json, @Nullable Object value) {
    if (value instanceof String text) {
      quote(json, text);
    } else {
      json.append(value);
    }
  }

  /// Appends a text in quotes.
  public static void quote(StringBuilder json, String text) {
    json.append('"');
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= ' ' && unit <= '~' && unit != '"' && unit != '\\') {
        continue;
      }
      json.append(text, plain, i);
      plain = i + 1;
      switch (unit) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          json.append("\\u");
          for (int shift = 12; shift >= 0; shift -= 4) {
            json.append(Character.forDigit(unit >> shift & 0xF, 16));
          }
        }
      }
    }
    // A part of a text is appended far more slowly than all of it.
    (plain == 0 ? json.append(text) : json.append(text, plain, text.length())).append('"');
  }
}
