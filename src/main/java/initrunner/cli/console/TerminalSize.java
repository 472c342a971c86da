package initrunner.cli.console;

/// The size of a terminal.
public record TerminalSize(int rows, int columns) {

  /// Used if a terminal does not tell its size.
  public static final TerminalSize USUAL = new TerminalSize(24, 80);
}
