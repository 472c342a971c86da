package initrunner.cli;

/// How much fits on a terminal.
record TerminalSize(int rows, int columns) {

  /// The size of one that does not say.
  static final TerminalSize USUAL = new TerminalSize(24, 80);
}
