package initrunner.runtime.terminals;

import java.util.Optional;

/// How a terminal takes what is typed (POSIX, canonical and non-canonical mode).
enum InputMode {
  /// Lines, without an echo: a program asks for a secret.
  LINES_UNSEEN,
  /// Lines, which the terminal shows.
  LINES,
  /// Keys, which the program reads one by one.
  KEYS;

  /// Reads what `stty -a` says (POSIX).
  static Optional<InputMode> of(String said) {
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
