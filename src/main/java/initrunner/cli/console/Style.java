package initrunner.cli.console;

/// Colours of a terminal (ECMA-48 SGR).
public enum Style {
  /// The terminal's own.
  PLAIN("0"),
  HEADING("1"),
  GOOD("32"),
  BAD("31"),
  CALL("36"),
  QUIET("2"),
  EMPHASIS("3"),
  CODE("36");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  String of(String text) {
    return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
