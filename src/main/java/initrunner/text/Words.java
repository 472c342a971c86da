package initrunner.text;

import java.util.List;

/// Lists of words, several on a line. Stateless.
public final class Words {

  private Words() {}

  /// The words of a text.
  public static List<String> of(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
