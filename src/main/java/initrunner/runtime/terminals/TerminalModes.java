package initrunner.runtime.terminals;

import java.util.Optional;

/// What a terminal does with keys, as far as it is known.
enum TerminalModes {
  /// Lines are read, and what is typed is not shown: a secret is asked for.
  LINES_UNSEEN,
  /// Lines are read and shown.
  LINES,
  /// The program reads keys itself.
  KEYS;

  /// Reads what `stty -a` says (POSIX).
  static Optional<TerminalModes> of(String said) {
    boolean isCanonical = has(said, "icanon");
    boolean isNotCanonical = has(said, "-icanon");
    if (isCanonical == isNotCanonical) {
      return Optional.empty();
    }
    return Optional.of(isNotCanonical ? KEYS : has(said, "-echo") ? LINES_UNSEEN : LINES);
  }

  private static boolean has(String said, String word) {
    return (" " + said.replaceAll("[\\s;]+", " ") + " ").contains(" " + word + " ");
  }
}
