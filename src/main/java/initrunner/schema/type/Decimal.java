package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.Optional;
import java.util.regex.Pattern;

/// A number with or without a fraction, and with or without quotes.
///
/// @param minimum itself allowed only where `minimumIsAllowed`
public record Decimal(double minimum, boolean minimumIsAllowed, double maximum)
    implements Type<Double> {

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  public static Decimal above(double minimum) {
    return new Decimal(minimum, false, Double.MAX_VALUE);
  }

  public static Decimal atLeast(double minimum) {
    return new Decimal(minimum, true, Double.MAX_VALUE);
  }

  public static Decimal between(double minimum, double maximum) {
    return new Decimal(minimum, true, maximum);
  }

  @Override
  public Optional<Double> decode(YamlValue yaml, Decoding decoding) {
    boolean isScalar =
        switch (yaml.kind()) {
          case WHOLE, DECIMAL, TEXT -> true;
          case EMPTY, FLAG, LIST, MAPPING -> false;
        };
    if (!isScalar || !NUMBER.matcher(yaml.raw()).matches()) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    double number = Double.parseDouble(yaml.raw());
    if (number < minimum || (number == minimum && !minimumIsAllowed)) {
      return decoding.refuse(yaml, "is too small", allowed(), "");
    }
    if (number > maximum) {
      return decoding.refuse(yaml, "is too large", allowed(), "");
    }
    return Optional.of(number);
  }

  @Override
  public String allowed() {
    if (maximum == Double.MAX_VALUE) {
      return minimumIsAllowed
          ? "a number, " + shown(minimum) + " or more"
          : "a number above " + shown(minimum);
    }
    return (minimumIsAllowed ? "a number from " : "a number above ")
        + shown(minimum)
        + (minimumIsAllowed ? " to " : ", at most ")
        + shown(maximum);
  }

  private static String shown(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
