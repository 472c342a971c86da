package initrunner.cli.ask;

import initrunner.cli.console.Console;
import initrunner.role.Role;
import initrunner.role.tools.TerminalSettings;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.text.SafeText;
import java.util.List;
import java.util.Optional;

/// The person at the terminal of this process, who is asked where a program in a terminal that an
/// agent opened wants a password. Safe for many threads.
public final class SecretTerminal implements SecretPerson {

  private final Console console;

  private SecretTerminal(Console console) {
    this.console = console;
  }

  /// Who may be asked; empty where the role does not want it, and where this process has no
  /// terminal.
  public static Optional<SecretPerson> of(Console console, Role role) {
    boolean isWanted =
        role.tools().stream()
            .anyMatch(grant ->
                grant.tool() instanceof TerminalSettings terminal
                    && terminal.sudo() == TerminalSettings.Sudo.ASK);
    return isWanted && TerminalQuestion.canBeAsked(console)
        ? Optional.of(new SecretTerminal(console))
        : Optional.empty();
  }

  @Override
  public Optional<byte[]> ask(Question question) throws InterruptedException {
    TerminalQuestion asked =
        new TerminalQuestion(
            List.of(
                "initrunner: a program on "
                    + SafeText.oneLine(question.host())
                    + " asks, at the agent's terminal of: "
                    + SafeText.oneLine(SafeText.cut(question.command(), 200)),
                "initrunner: the program gets the answer, the model does not; Ctrl-D gives none."),
            TerminalQuestion.shown(String.join("\n", question.shown())),
            TerminalQuestion.Echo.HIDDEN,
            question.patience());
    return switch (asked.ask(console)) {
      case TerminalQuestion.Answer.Typed(byte[] text) -> Optional.of(text);
      case TerminalQuestion.Answer.Declined(), TerminalQuestion.Answer.Late() -> Optional.empty();
    };
  }
}
