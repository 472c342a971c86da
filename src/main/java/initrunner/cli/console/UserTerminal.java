package initrunner.cli.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// The terminal that a person types at. Stateless.
public final class UserTerminal {

  private UserTerminal() {}

  /// Opens it, also one that can do nothing but print. The caller closes it.
  public static Terminal open(Console console) {
    try {
      return TerminalBuilder.builder()
          .system(true)
          .dumb(true)
          .nativeSignals(true)
          .graphemeCluster(false)
          .encoding(StandardCharsets.UTF_8)
          .env(name -> console.variable(name).orElse(null))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
