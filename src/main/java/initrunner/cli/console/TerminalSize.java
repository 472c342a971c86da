package initrunner.cli.console;

/// How much fits on a terminal.
public record TerminalSize(int rows, int columns) {

  /// The size of one that does not say.
  public static final TerminalSize USUAL = new TerminalSize(24, 80);
}
