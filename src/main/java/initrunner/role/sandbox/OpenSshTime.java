package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.ScalarType;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What OpenSSH takes for `ControlPersist`: a time as in `TIME FORMATS` of sshd_config(5), or
/// `yes`, `no`, `true`, `false`.
record OpenSshTime() implements ScalarType<String> {

  private static final Pattern PART = Pattern.compile("([0-9]+)([sSmMhHdDwW]?)");

  @Override
  public Optional<String> decode(YamlValue yaml, Decoding decoding) {
    String raw = yaml.raw();
    switch (yaml.kind()) {
      case WHOLE -> {
        String time = isTime(raw) ? raw + "s" : "60s";
        decoding.refuseKind(yaml, allowed(), "write the unit too, as \"" + time + "\"");
      }
      case FLAG -> {
        String word = raw.equalsIgnoreCase("true") ? "yes" : "no";
        decoding.refuseKind(yaml, allowed(), "write \"" + word + "\" in quotes");
      }
      case EMPTY, DECIMAL, LIST, MAPPING -> decoding.refuseKind(yaml, allowed(), "");
      case TEXT -> {
        if (isWord(raw) || isTime(raw)) {
          return Optional.of(raw);
        }
        decoding.refuse(yaml, "is no OpenSSH time", allowed(), "");
      }
    }
    return Optional.empty();
  }

  private static boolean isWord(String text) {
    return switch (text) {
      case "yes", "no", "true", "false" -> true;
      default -> false;
    };
  }

  /// OpenSSH adds the parts up in an `int` of seconds and refuses what does not fit.
  static boolean isTime(String text) {
    Matcher part = PART.matcher(text);
    long total = 0;
    int end = 0;
    while (end < text.length()) {
      if (!part.find(end) || part.start() != end) {
        return false;
      }
      end = part.end();
      boolean isLast = end == text.length();
      if (part.group(2).isEmpty() && !isLast) {
        return false;
      }
      total += seconds(part.group(1), part.group(2));
      if (total > Integer.MAX_VALUE) {
        return false;
      }
    }
    return end > 0;
  }

  private static long seconds(String digits, String unit) {
    String significant = digits.replaceFirst("^0+(?=.)", "");
    if (significant.length() > 10) {
      return Long.MAX_VALUE / 2;
    }
    return Long.parseLong(significant)
        * switch (unit) {
          case "m", "M" -> 60;
          case "h", "H" -> 60 * 60;
          case "d", "D" -> 24 * 60 * 60;
          case "w", "W" -> 7 * 24 * 60 * 60;
          default -> 1;
        };
  }

  @Override
  public String pattern() {
    return "^(?:([0-9]+[sSmMhHdDwW]?)+|yes|no|true|false)$";
  }

  @Override
  public String allowed() {
    return "an OpenSSH time in quotes, as \"60s\" or \"1h30m\", or \"yes\" or \"no\"";
  }
}
