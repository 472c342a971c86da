package initrunner.cli.ask;

import initrunner.cli.console.Console;
import initrunner.role.Role;
import initrunner.role.tools.TerminalSettings;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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

  /// The system's calls hold their thread up, so a platform thread makes them.
  @Override
  public Optional<byte[]> ask(Question question) throws InterruptedException {
    CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
    Thread asking =
        Thread.ofPlatform()
            .name("initrunner-question")
            .start(() -> answer.complete(answer(question)));
    try {
      asking.join();
    } catch (InterruptedException e) {
      asking.interrupt();
      throw e;
    }
    return answer.getNow(Optional.empty());
  }

  private Optional<byte[]> answer(Question question) {
    TerminalQuestion asked =
        new TerminalQuestion(
            heading(question),
            TerminalQuestion.shown(String.join("\n", question.shown())),
            TerminalQuestion.Echo.HIDDEN,
            question.patience());
    try {
      return switch (asked.ask(console)) {
        case TerminalQuestion.Answer.Typed(byte[] text) -> Optional.of(text);
        case TerminalQuestion.Answer.Declined(), TerminalQuestion.Answer.Late() -> Optional.empty();
      };
    } catch (InterruptedException notWanted) {
      return Optional.empty();
    }
  }

  private static List<String> heading(Question question) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "initrunner: a program on "
            + SafeText.oneLine(question.host())
            + " asks, at the agent's terminal of: "
            + shortened(question.command()));
    if (!question.askedBy().isEmpty()) {
      lines.add("initrunner: in the foreground there: " + shortened(question.askedBy()));
    }
    lines.add("initrunner: the program gets the answer, the model does not; Ctrl-D gives none.");
    return lines;
  }

  private static String shortened(String text) {
    return SafeText.oneLine(SafeText.withoutMiddle(text, 120, 80, "characters"));
  }
}
