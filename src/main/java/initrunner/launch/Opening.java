package initrunner.launch;

import initrunner.exec.Stdin;

/// What a launcher's script writes to the error output just before it starts the command: a line,
/// or a control sequence of the command's terminal. If it is missing, nothing was started, and the
/// error output is the launcher's own. Immutable.
///
/// @param mark a word that neither the launcher's program nor a login prints by chance
public record Opening(String mark, MarkForm form) {

  /// It is the same for all calls: no command runs before it that could imitate it.
  public static final Opening OF_ALL = new Opening("@initrunner-begin");

  /// A line.
  public Opening(String mark) {
    this(mark, MarkForm.LINE);
  }

  /// That of a command with this input.
  public static Opening of(Stdin stdin) {
    return new Opening(OF_ALL.mark, MarkForm.of(stdin));
  }

  /// As it arrives.
  String text() {
    return switch (form) {
      case LINE -> mark + form.after();
      case SEQUENCE -> form.before() + mark + form.after();
    };
  }

  /// A format of the shell's `printf` that writes it.
  public String format() {
    return MarkForm.escaped(text());
  }

  /// The shell command that writes it.
  public String script() {
    return "printf '" + format() + "' >&2";
  }
}
