package initrunner.runtime.terminals;

import initrunner.exec.Command;
import initrunner.launch.Probe;
import initrunner.screen.TerminalScreen;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells whether a program asks for a secret: it reads a line that the terminal does not show.
/// Where the terminal's mode is not known, or the program passes keys on to another terminal, only
/// the words of the question tell.
///
/// @param probe asks the host, outside of the sandbox
record SecretPrompt(HeldTerminal terminal, Probe probe) {

  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final String FOREGROUND =
      "ps -t \"$1\" -o stat= -o user= -o args= | while read -r stat user words; do case $stat in *+*)"
          + " echo \"$words ($user)\";; esac; done | tail -n 1";
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
    return switch (inputMode().orElse(InputMode.KEYS)) {
      case LINES_UNSEEN -> true;
      case LINES -> false;
      case KEYS -> hasWords;
    };
  }

  /// The programs in the terminal's foreground and their accounts; empty where the host does not
  /// say. Blocks for the host, at most some seconds.
  String askedBy() {
    return terminal
        .device()
        .name()
        .map(device ->
            probe.ask(Command.of("sh", "-c", FOREGROUND, "sh", device.substring(5)), BOUND))
        .filter(answer -> answer.status() == 0)
        .map(answer -> answer.stdout().strip())
        .orElse("");
  }

  private Optional<InputMode> inputMode() {
    return terminal
        .device()
        .name()
        .map(device -> probe.ask(Command.of("sh", "-c", "stty -a <\"$1\"", "sh", device), BOUND))
        .filter(answer -> answer.status() == 0)
        .flatMap(answer -> InputMode.of(answer.stdout()));
  }
}
