package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/// A whole number, with or without quotes.
///
/// @param unit what it counts, or blank
public record Whole(int minimum, int maximum, String unit) implements Type<Integer> {

  private static final Pattern DIGITS = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");

  public static Whole atLeast(int minimum, String unit) {
    return new Whole(minimum, Integer.MAX_VALUE, unit);
  }

  @Override
  public Optional<Integer> decode(YamlValue yaml, Decoding decoding) {
    YamlKind kind = yaml.kind();
    Optional<BigInteger> number =
        kind == YamlKind.WHOLE || kind == YamlKind.TEXT ? parse(yaml.raw()) : Optional.empty();
    if (number.isEmpty()) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    BigInteger found = number.get();
    if (found.compareTo(BigInteger.valueOf(minimum)) < 0) {
      return decoding.refuse(yaml, "is too small", allowed(), "");
    }
    if (found.compareTo(BigInteger.valueOf(maximum)) > 0) {
      return decoding.refuse(yaml, "is too large", allowed(), "");
    }
    return Optional.of(found.intValueExact());
  }

  /// A whole number as YAML writes it.
  static Optional<BigInteger> parse(String raw) {
    if (raw.length() > 100) {
      return Optional.empty();
    }
    if (DIGITS.matcher(raw).matches()) {
      return Optional.of(new BigInteger(raw));
    }
    if (OCTAL.matcher(raw).matches()) {
      return Optional.of(new BigInteger(raw.substring(2), 8));
    }
    if (HEXADECIMAL.matcher(raw).matches()) {
      return Optional.of(new BigInteger(raw.substring(2), 16));
    }
    return Optional.empty();
  }

  @Override
  public String allowed() {
    if (minimum == maximum) {
      return Integer.toString(minimum);
    }
    String what = unit.isBlank() ? "a whole number" : "a whole number of " + unit;
    return maximum == Integer.MAX_VALUE
        ? what + ", " + minimum + " or more"
        : what + " from " + minimum + " to " + maximum;
  }
}
