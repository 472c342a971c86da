package initrunner.cli.ask;

import initrunner.cli.console.Console;
import initrunner.cli.console.TerminalLook;
import initrunner.exec.transport.ShutdownHook;
import initrunner.role.Role;
import initrunner.role.sandbox.SshSettings;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.LoginAnswer;
import initrunner.ssh.client.LoginPerson;
import initrunner.ssh.client.LoginQuestion;
import initrunner.text.SafeText;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The person at the terminal of this process, who is asked during a login. Safe for many threads;
/// its monitor guards the terminal, of which one question at a time is shown.
public final class LoginTerminal implements LoginPerson {

  /// What another part of the program wants to write over.
  private static final String ERASE_LINE = "\r\u001b[K";

  private static final int MOST_LINES = 20;
  private static final int MOST_CHARACTERS = 500;

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
        role.sandbox().ssh().map(SshSettings::login).equals(Optional.of(SshSettings.Login.ASK));
    return (isWanted || isInRole) && console.isOfProcess() && isThere()
        ? Optional.of(new LoginTerminal(console))
        : Optional.empty();
  }

  /// The logins that ask this person.
  public AskedLogins logins() {
    return new AskedLogins(this);
  }

  private String begin() {
    return TerminalLook.of(console).moving() ? ERASE_LINE : "";
  }

  private static boolean isThere() {
    try (FileInputStream _ = new FileInputStream(ControllingTerminal.PATH)) {
      return true;
    } catch (IOException noTerminal) {
      return false;
    }
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
  public synchronized LoginAnswer ask(LoginQuestion question) throws InterruptedException {
    try (ControllingTerminal terminal = ControllingTerminal.open();
        TypedLine line = new TypedLine()) {
      ShutdownHook hook = new ShutdownHook(terminal::restore);
      hook.add();
      console.questionBegins();
      try {
        return new Asking(terminal, line, question, begin()).answer();
      } finally {
        console.questionEnds();
        hook.remove();
      }
    } catch (IOException gone) {
      return new LoginAnswer.Declined();
    }
  }

  @Override
  public synchronized void tell(LoginQuestion notice) {
    try (ControllingTerminal terminal = ControllingTerminal.open()) {
      terminal.write(begin() + heading(notice) + String.join("\n", shown(notice.text())) + "\n");
    } catch (IOException gone) {
      // There is no person any more.
    }
  }

  /// One question, from its display to the answer.
  private record Asking(
      ControllingTerminal terminal, TypedLine line, LoginQuestion question, String begin) {

    LoginAnswer answer() throws IOException, InterruptedException {
      long since = System.nanoTime();
      terminal.write(begin + heading(question));
      terminal.write(prompt(question));
      while (question.patience().compareTo(Duration.ofNanos(System.nanoTime() - since)) > 0) {
        int key = terminal.read();
        if (Thread.interrupted()) {
          terminal.write("\n");
          throw new InterruptedException();
        }
        Optional<LoginAnswer> end = key < 0 ? Optional.empty() : taken((byte) key);
        if (end.isPresent()) {
          terminal.write("\n");
          return end.get();
        }
      }
      terminal.write("\n");
      return new LoginAnswer.Late();
    }

    private Optional<LoginAnswer> taken(byte key) throws IOException {
      int before = line.characters();
      TypedLine.Change change = line.take(key);
      switch (change) {
        case ENTERED -> {
          return Optional.of(new LoginAnswer.Given(line.text()));
        }
        case ENDED -> {
          return Optional.of(new LoginAnswer.Declined());
        }
        case INTERRUPTED -> {
          terminal.restore();
          terminal.interrupt();
          return Optional.of(new LoginAnswer.Declined());
        }
        case SUSPENDED -> {
          terminal.suspend();
          terminal.write("\n" + prompt(question));
          show(line.text());
        }
        case ADDED -> show(new byte[] {key});
        case REMOVED -> show("\b \b".getBytes(StandardCharsets.US_ASCII));
        case CLEARED -> show("\b \b".repeat(before).getBytes(StandardCharsets.US_ASCII));
        case NONE -> {}
      }
      return Optional.empty();
    }

    /// What is typed is shown only where it is no secret.
    private void show(byte[] typed) throws IOException {
      if (question.isYesOrNo()) {
        terminal.write(typed);
      }
    }
  }

  /// Who asks, and what `ssh` has said before.
  private static String heading(LoginQuestion question) {
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
    lines.addAll(shown(question.said()));
    return String.join("\n", lines) + "\n";
  }

  private static String prompt(LoginQuestion question) {
    return String.join("\n", shown(question.text())) + " ";
  }

  /// Text from outside: a few lines, of which a long text keeps the last, with the question.
  private static List<String> shown(String text) {
    List<String> lines =
        text.strip()
            .lines()
            .map(line ->
                SafeText.withoutMiddle(
                    line, MOST_CHARACTERS / 2, MOST_CHARACTERS / 2, "characters"))
            .map(SafeText::oneLine)
            .map(line -> "  " + line)
            .toList();
    if (lines.size() <= MOST_LINES) {
      return lines;
    }
    List<String> last = new ArrayList<>(lines.subList(lines.size() - MOST_LINES, lines.size()));
    last.addFirst("  … " + (lines.size() - MOST_LINES) + " lines more above");
    return last;
  }
}
