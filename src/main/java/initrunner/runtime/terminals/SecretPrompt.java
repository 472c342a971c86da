package initrunner.runtime.terminals;

import initrunner.exec.Command;
import initrunner.launch.Probe;
import initrunner.screen.TerminalScreen;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells whether a program asks for a secret: it reads a line that the terminal does not show.
/// Where the terminal's modes are not known, or another terminal is behind it, only the words of
/// the question tell.
///
/// @param probe asks the host, outside of the sandbox
record SecretPrompt(HeldTerminal terminal, Probe probe) {

  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final Pattern WORDS =
      Pattern.compile(
          "(?iu)(passwor[dt]|passphrase|\\bpin\\b|passcode|verification code|one-time)[^:]*:\\s*$");

  /// Blocks for the host, at most some seconds.
  boolean isShown() {
    TerminalScreen.Shown shown = terminal.screen().shown();
    if (shown.beforeCursor().isBlank()) {
      return false;
    }
    boolean hasWords = WORDS.matcher(shown.beforeCursor()).find();
    Optional<Boolean> seenHere = terminal.stdin().asksSecret();
    if (seenHere.isPresent()) {
      return seenHere.get();
    }
    return switch (modes().orElse(TerminalModes.KEYS)) {
      case LINES_UNSEEN -> true;
      case LINES -> false;
      case KEYS -> hasWords;
    };
  }

  private Optional<TerminalModes> modes() {
    return terminal
        .device()
        .name()
        .map(device -> probe.ask(Command.of("sh", "-c", "stty -a <\"$1\"", "sh", device), BOUND))
        .filter(answer -> answer.status() == 0)
        .flatMap(answer -> TerminalModes.of(answer.stdout()));
  }
}
