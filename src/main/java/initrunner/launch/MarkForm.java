package initrunner.launch;

import initrunner.exec.Stdin;

/// How a mark of a launcher's script is set apart from the output of the command.
public enum MarkForm {
  /// A line of the error output.
  LINE("\n", "\n"),
  /// A control sequence of the terminal on which both outputs arrive (APC of ECMA-48). No terminal
  /// shows one, and no key that is echoed begins one, so what may be one can be held back without
  /// delaying what a person types.
  SEQUENCE("\033_", "\033\\");

  private final String before;
  private final String after;

  MarkForm(String before, String after) {
    this.before = before;
    this.after = after;
  }

  /// The form for a command with this input.
  public static MarkForm of(Stdin stdin) {
    return stdin instanceof Stdin.Terminal ? SEQUENCE : LINE;
  }

  String before() {
    return before;
  }

  String after() {
    return after;
  }

  /// The index at which a mark stands among bytes, or may stand once more of them arrive.
  static int beginOf(String mark, String bytes) {
    int whole = bytes.indexOf(mark);
    if (whole >= 0) {
      return whole;
    }
    int length = Math.min(mark.length() - 1, bytes.length());
    while (!bytes.endsWith(mark.substring(0, length))) {
      length--;
    }
    return bytes.length() - length;
  }

  /// A format of the shell's `printf` that writes this text: no byte of it is special in an
  /// argument. The text has no percent sign of its own.
  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\033", "\\033").replace("\n", "\\n");
  }
}
