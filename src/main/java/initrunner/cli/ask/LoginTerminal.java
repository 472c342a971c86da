package initrunner.cli.ask;

import initrunner.cli.console.Console;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.LoginAnswer;
import initrunner.ssh.client.LoginPerson;
import initrunner.ssh.client.LoginQuestion;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The person at the terminal of this process, who is asked during a login. Safe for many threads:
/// the terminal shows one question at a time.
public final class LoginTerminal implements LoginPerson {

  private volatile boolean isBusy;

  private final Console console;

  private LoginTerminal(Console console) {
    this.console = console;
  }

  /// Who may be asked during a login to a role's host: the person at the terminal, if the role or
  /// the command line wants that; empty also where this process has no terminal.
  ///
  /// @param isWanted by the command line
  public static Optional<LoginTerminal> of(Console console, Role role, boolean isWanted) {
    boolean isInRole =
        asks(role.sandbox())
            || role.security().sandboxes().all().values().stream().anyMatch(LoginTerminal::asks);
    return (isWanted || isInRole) && TerminalQuestion.canBeAsked(console)
        ? Optional.of(new LoginTerminal(console))
        : Optional.empty();
  }

  /// Whether logins of this sandbox ask a person, as its role says.
  static boolean asks(SandboxSettings sandbox) {
    return sandbox.ssh().map(SshSettings::login).equals(Optional.of(SshSettings.Login.ASK));
  }

  /// The logins that ask this person.
  public AskedLogins logins() {
    return new AskedLogins(this);
  }

  /// Does a work that uses the terminal itself, so that no question is shown meanwhile.
  public <T> T busyDuring(Supplier<T> work) {
    boolean before = isBusy;
    isBusy = true;
    try {
      return work.get();
    } finally {
      isBusy = before;
    }
  }

  @Override
  public boolean canBeAsked() {
    return !isBusy;
  }

  @Override
  public LoginAnswer ask(LoginQuestion question) throws InterruptedException {
    TerminalQuestion asked =
        new TerminalQuestion(
            heading(question),
            TerminalQuestion.shown(question.text()),
            question.isYesOrNo() ? TerminalQuestion.Echo.SHOWN : TerminalQuestion.Echo.HIDDEN,
            question.patience());
    return switch (asked.ask(console)) {
      case TerminalQuestion.Answer.Typed(byte[] text) -> new LoginAnswer.Given(text);
      case TerminalQuestion.Answer.Declined() -> new LoginAnswer.Declined();
      case TerminalQuestion.Answer.Late() -> new LoginAnswer.Late();
    };
  }

  @Override
  public void tell(LoginQuestion notice) {
    TerminalQuestion.tell(console, heading(notice), TerminalQuestion.shown(notice.text()));
  }

  /// Who asks, and what `ssh` has said before.
  private static List<String> heading(LoginQuestion question) {
    String host = "'" + question.host() + "'";
    String asks =
        switch (question.jumpHosts().size()) {
          case 0 -> " asks:";
          case 1 -> " asks, for its jump host '" + question.jumpHosts().getFirst() + "':";
          default ->
              " asks, for a jump host ('" + String.join("', '", question.jumpHosts()) + "'):";
        };
    String heading =
        switch (question.occasion()) {
          case FIRST -> "the login to " + host + asks;
          case AGAIN -> "the connection to " + host + " was lost; a new login" + asks;
        };
    List<String> lines = new ArrayList<>(List.of("initrunner: " + SafeText.oneLine(heading)));
    lines.addAll(TerminalQuestion.shown(question.said()));
    return lines;
  }
}
