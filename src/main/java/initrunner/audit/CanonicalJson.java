package initrunner.audit;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// The one JSON text of a record, for its signature: keys in order, no spaces, ASCII only.
final class CanonicalJson {

  private CanonicalJson() {}

  /// @param fields a text, a number, a boolean, or nothing for each
  static String of(SortedMap<String, Optional<Object>> fields) {
    StringBuilder json = new StringBuilder("{");
    for (Map.Entry<String, Optional<Object>> field : fields.entrySet()) {
      if (json.length() > 1) {
        json.append(',');
      }
      quote(json, field.getKey());
      json.append(':');
      Object value = field.getValue().orElse("null");
      if (value instanceof String text && field.getValue().isPresent()) {
        quote(json, text);
      } else {
        json.append(value);
      }
    }
    return json.append('}').toString();
  }

  static void quote(StringBuilder json, String text) {
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
    json.append(text, plain, text.length()).append('"');
  }
}
