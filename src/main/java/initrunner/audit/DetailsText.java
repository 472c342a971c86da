package initrunner.audit;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// The text form of an event's details: `key=value key=value`.
///
/// In a value, whatever is not visible is escaped ([VisibleText#escape]), the plain space too, and
/// so are `=`, `\` and `"`. So nothing in it can make a reader see a field that is not there.
final class DetailsText {

  /// Longer values are cut; in code points.
  static final int MAX_VALUE_LENGTH = 256;

  private DetailsText() {}

  static String format(SequencedMap<String, String> details) {
    return details.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + value(entry.getValue()))
        .collect(Collectors.joining(" "));
  }

  /// The inverse of [#format], for text that [#format] made.
  static SequencedMap<String, String> parse(String text) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    if (text.isEmpty()) {
      return details;
    }
    for (String field : text.split(" ", -1)) {
      int equals = field.indexOf('=');
      details.put(field.substring(0, equals), unescape(field.substring(equals + 1)));
    }
    return details;
  }

  private static String value(String raw) {
    String redacted = Redaction.redact(raw);
    int length = redacted.codePointCount(0, redacted.length());
    StringBuilder value = new StringBuilder();
    redacted
        .codePoints()
        .limit(MAX_VALUE_LENGTH)
        .forEach(character -> {
          if (VisibleText.isVisible(character) && "=\\\"".indexOf(character) < 0) {
            value.appendCodePoint(character);
          } else {
            VisibleText.escape(value, character);
          }
        });
    if (length > MAX_VALUE_LENGTH) {
      // A bare backslash never stands in an escaped value, so no value can fake this mark.
      value.append("\\...[+").append(length - MAX_VALUE_LENGTH).append(']');
    }
    return value.toString();
  }

  private static String unescape(String value) {
    StringBuilder raw = new StringBuilder();
    int at = 0;
    while (at < value.length()) {
      int digits = value.startsWith("\\x", at) ? 2 : value.startsWith("\\u", at) ? 4 : 0;
      if (digits == 0) {
        raw.append(value.charAt(at));
        at++;
      } else {
        raw.append((char) HexFormat.fromHexDigits(value, at + 2, at + 2 + digits));
        at += 2 + digits;
      }
    }
    return raw.toString();
  }
}
