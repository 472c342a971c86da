package initrunner.text;

import java.util.List;
import java.util.Locale;

/// Words of a text, and with a number. Stateless.
public final class Words {

  private Words() {}

  /// A number of things, as `1 call`, `1,234 calls`.
  public static String counted(long number, String one) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : one + "s");
  }

  /// The words of a text.
  public static List<String> of(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
