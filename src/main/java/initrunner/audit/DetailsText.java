package initrunner.audit;

import initrunner.text.Redaction;
import initrunner.text.SafeText;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// The text form of an event's details: `key=value key=value`.
///
/// In a value, invisible characters, the plain space, `=`, `\` and `"` are escaped: as `x` and two
/// digits behind a backslash in ASCII, else as `u` and four for each UTF-16 unit. So nothing in it
/// can make a reader see a field that is not there.
final class DetailsText {

  /// Longer values are cut; in code points.
  static final int MAX_VALUE_LENGTH = 256;

  /// Longer arguments of a call are cut; in code points.
  static final int MOST_OF_ARGUMENTS = 2000;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private DetailsText() {}

  static String format(SequencedMap<String, String> details) {
    return details.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + value(entry.getValue(), most(entry.getKey())))
        .collect(Collectors.joining(" "));
  }

  private static int most(String key) {
    return switch (key) {
      case AuditEvent.ARGUMENTS -> MOST_OF_ARGUMENTS;
      case AuditEvent.OUTPUT_BEGIN, AuditEvent.OUTPUT_END -> AuditEvent.MOST_OF_OUTPUT;
      default -> MAX_VALUE_LENGTH;
    };
  }

  /// The inverse of [#format]. Of text that [#format] did not make, what is no field is left out,
  /// and what is no escape stays as it is.
  static SequencedMap<String, String> parse(String text) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    if (text.isEmpty()) {
      return details;
    }
    for (String field : text.split(" ", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        details.put(field.substring(0, equals), unescape(field.substring(equals + 1)));
      }
    }
    return details;
  }

  /// One value, as it stands behind its key.
  static String value(String raw, int most) {
    String redacted = Redaction.redact(raw);
    int length = redacted.codePointCount(0, redacted.length());
    StringBuilder value = new StringBuilder();
    redacted
        .codePoints()
        .limit(most)
        .forEach(character -> {
          if (!SafeText.isInkless(character) && " =\\\"".indexOf(character) < 0) {
            value.appendCodePoint(character);
          } else {
            escape(value, character);
          }
        });
    if (length > most) {
      // An escaped value has no bare backslash, so no value can fake this mark.
      value.append("\\...[+").append(length - most).append(']');
    }
    return value.toString();
  }

  private static void escape(StringBuilder to, int character) {
    if (character < 0x80) {
      to.append("\\x").append(HEX.toHexDigits((byte) character));
      return;
    }
    for (char unit : Character.toChars(character)) {
      to.append("\\u").append(HEX.toHexDigits(unit));
    }
  }

  private static String unescape(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder raw = new StringBuilder();
    int at = 0;
    while (at < value.length()) {
      int digits = value.startsWith("\\x", at) ? 2 : value.startsWith("\\u", at) ? 4 : 0;
      if (digits == 0 || !areHex(value, at + 2, digits)) {
        raw.append(value.charAt(at));
        at++;
      } else {
        raw.append((char) HexFormat.fromHexDigits(value, at + 2, at + 2 + digits));
        at += 2 + digits;
      }
    }
    return raw.toString();
  }

  private static boolean areHex(String value, int from, int digits) {
    return from + digits <= value.length()
        && value.substring(from, from + digits).chars().allMatch(HexFormat::isHexDigit);
  }
}
