package initrunner.role.sandbox;

import initrunner.schema.type.Text;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/// A number of bytes as roles write it: digits, and b, k, m or g after them. Stateless.
public final class ByteSize {

  private static final Pattern FORM = Pattern.compile("[0-9]{1,15}[bkmgBKMG]?");

  /// More than any machine has, and less than any kernel's own limit.
  private static final String MAXIMUM = "1048576g";

  private ByteSize() {}

  /// A size without bounds.
  static Text written(String key) {
    return Text.any().matching(FORM, "Invalid " + key, "digits with b, k, m or g behind them", "");
  }

  /// A size of at least `minimum`.
  static Text from(String minimum, String key) {
    BigInteger least = exact(minimum);
    BigInteger most = exact(MAXIMUM);
    return written(key)
        .with(
            "is out of range",
            minimum + " to " + MAXIMUM,
            size -> exact(size).compareTo(least) >= 0 && exact(size).compareTo(most) <= 0);
  }

  /// The number of bytes.
  ///
  /// @param size as a role that was loaded has it
  public static long bytes(String size) {
    return exact(size).longValueExact();
  }

  private static BigInteger exact(String size) {
    String text = size.toLowerCase(Locale.ROOT);
    int shift =
        switch (text.charAt(text.length() - 1)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    return new BigInteger(text.replaceAll("[a-z]", "")).shiftLeft(shift);
  }
}
