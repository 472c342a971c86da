package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.TerminalSettings;
import initrunner.role.tools.TerminalSettings.Sudo;
import initrunner.role.tools.ToolGrant;
import initrunner.runtime.terminals.SecretPerson;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tool `terminal` over a real sshd.
@Timeout(90)
class TerminalToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final String ASKS =
      "trap 'stty echo' EXIT; stty -echo; printf 'Password: '; read -r secret; stty echo; echo;"
          + " echo \"length ${#secret}\"; exec cat";

  @TempDir private Path directory;
  private Optional<Recorded> recorded = Optional.empty();
  private Optional<RoleRuntime> opened = Optional.empty();

  @AfterEach
  void close() {
    opened.ifPresent(RoleRuntime::close);
    recorded.ifPresent(Recorded::close);
  }

  private void open(Sudo sudo, Optional<SecretPerson> person) {
    open(Backend.SSH, sudo, person);
  }

  private void open(Backend backend, Sudo sudo, Optional<SecretPerson> person) {
    recorded = Optional.of(new Recorded(directory));
    Role ssh = Roles.overSsh(sshd, Roles.SHELL);
    TerminalSettings settings =
        new TerminalSettings(
            ShellSettings.unblocked(), 2, Optional.of(Duration.ofMinutes(5)), sudo);
    Role role =
        Roles.role(
            sshd.directory(),
            backend,
            backend == Backend.SSH ? ssh.sandbox().ssh() : Optional.empty(),
            List.of(new ToolGrant(settings)));
    RoleRuntime runtime = RoleRuntime.open(role, recorded.map(Recorded::store), "run1");
    opened = Optional.of(person.map(runtime::withPerson).orElse(runtime));
  }

  private ToolResult call(String function, Map<String, Object> arguments) {
    return opened.orElseThrow().call(new ToolCall("c1", function, arguments));
  }

  private String opened(String command) {
    ToolResult result = call("open_terminal", Map.of("command", command));
    Matcher id = Pattern.compile("Terminal (t[0-9a-f]{4}) ").matcher(result.text());
    assertThat(id.lookingAt()).as(result.text()).isTrue();
    return id.group(1);
  }

  private String typed(String id, String text, String keys) {
    return call("type", Map.of("id", id, "text", text, "keys", keys)).text();
  }

  @Test
  void anInterpreterAnswersWhatIsTyped() {
    open(Sudo.NEVER, Optional.empty());
    String id = opened("python3 -q");

    assertThat(typed(id, "6 * 7", "Enter")).contains(">>> 6 * 7\n42\n>>>");
    assertThat(call("type", Map.of("id", id, "text", "exit(3)\n", "wait_for", "/no such/")).text())
        .contains("has ended with exit code 3");

    assertThat(recorded.orElseThrow().lines())
        .anySatisfy(row -> assertThat(row).contains("argv0=python3 rc=3"))
        .anySatisfy(row -> assertThat(row).contains("argv0=type rc=0"));
  }

  @Test
  void aScreenIsDrawnAndKeysMoveOnIt() {
    open(Sudo.NEVER, Optional.empty());
    String menu =
        """
        import curses
        def menu(screen):
            chosen = 0
            while True:
                for i, name in enumerate(['install', 'repair', 'remove']):
                    screen.addstr(i, 2, name, curses.A_REVERSE if i == chosen else curses.A_NORMAL)
                key = screen.getch()
                if key == curses.KEY_DOWN: chosen += 1
                if key == 10: return chosen
        raise SystemExit(curses.wrapper(menu))
        """;
    String id = opened("python3 -c '" + menu.replace("'", "'\\''") + "'");

    assertThat(call("read_screen", Map.of("id", id, "wait_for", "remove")).text())
        .contains("  install\n  repair\n  remove", "Highlighted: install");
    assertThat(typed(id, "", "Down Down")).contains("Highlighted: remove");
    assertThat(typed(id, "", "Enter")).contains("has ended with exit code 2");
  }

  @Test
  void aProgramOfThisMachineHasATerminal() {
    open(Backend.NONE, Sudo.NEVER, Optional.empty());
    String id = opened("sh -c 'stty size; exec cat'");

    assertThat(typed(id, "typed", "Enter")).contains("30 100\ntyped\ntyped");
    assertThat(call("close_terminal", Map.of("id", id)).text()).contains("was stopped");
  }

  @Test
  void aWaitEndsWhenItsTextAppears() {
    open(Sudo.NEVER, Optional.empty());
    String id = opened("sh -c 'echo begun; sleep 1; echo \"all is ready\"; exec cat'");

    String shown =
        call("read_screen", Map.of("id", id, "wait_for", "/all .. ready/", "seconds", 20L)).text();

    assertThat(shown).contains("all is ready").contains("is running");
  }

  @Test
  void aProgramIsInterruptedAndATerminalClosed() {
    open(Sudo.NEVER, Optional.empty());
    String id = opened("sh");
    typed(id, "sleep 1000", "Enter");

    assertThat(typed(id, "echo is over", "Ctrl-C")).doesNotContain("\nis over");
    assertThat(typed(id, "echo is over", "Enter")).contains("\nis over");
    assertThat(call("close_terminal", Map.of("id", id)).text())
        .contains("was closed; its program was stopped");
    assertThat(typed(id, "x", "")).contains("was closed; its program was stopped");
  }

  @Test
  void aCutLinkIsSaidAndAnotherTerminalOpens() {
    open(Sudo.NEVER, Optional.empty());
    String id = opened("sh");

    assertThat(call("type", Map.of("id", id, "text", "kill -9 $PPID\n", "wait_for", "/no such/")))
        .matches(result -> result.text().contains("the connection to my-build-box was lost"))
        .matches(result -> result.status() == ToolResult.Status.LOST);

    assertThat(typed(opened("sh"), "echo again", "Enter")).contains("\nagain");
  }

  @Test
  void aProgramThatIgnoresAllSignalsIsStoppedAtTheEndOfTheRun() throws Exception {
    open(Sudo.NEVER, Optional.empty());
    String id =
        opened("sh -c 'trap \"\" HUP INT TERM; echo \"pid $$.\"; while :; do sleep 1; done'");
    String shown = call("read_screen", Map.of("id", id, "wait_for", "pid")).text();
    Matcher pid = Pattern.compile("pid (\\d+)\\.").matcher(shown);
    assertThat(pid.find()).as(shown).isTrue();

    opened.orElseThrow().close();

    assertThat(Path.of("/proc", pid.group(1))).doesNotExist();
    opened = Optional.empty();
  }

  @Test
  void moreThanTheRoleAllowsAreNotOpened() {
    open(Sudo.NEVER, Optional.empty());
    String one = opened("cat");
    opened("cat");

    assertThat(call("open_terminal", Map.of("command", "cat")).text())
        .contains("2 terminals are open already")
        .contains(one);
    assertThat(call("read_screen", Map.of("id", "t0")).text()).contains("no terminal 't0'", one);
    assertThat(recorded.orElseThrow().lines().toString()).contains("reason=max_open");
  }

  @Test
  void aCommandThatIsNotThereIsSaid() {
    open(Sudo.NEVER, Optional.empty());

    assertThat(call("open_terminal", Map.of("command", "no-such-program")).text())
        .contains("has ended with exit code 127", "no-such-program");
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"SSH", "NONE"})
  void aPersonAnswersAndTheModelDoesNotSeeIt(Backend backend) {
    List<SecretPerson.Question> asked = new ArrayList<>();
    open(
        backend,
        Sudo.ASK,
        Optional.of(question -> {
          asked.add(question);
          return Optional.of("tr0ub4dor".getBytes(StandardCharsets.UTF_8));
        }));

    String shown =
        call("open_terminal", Map.of("command", "sh -c \"" + ASKS.replace("\"", "\\\"") + "\""))
            .text();

    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().shown().getLast()).isEqualTo("Password:");
    assertThat(asked.getFirst().askedBy())
        .matches(by -> backend == Backend.NONE || by.contains("read -r secret"));
    assertThat(shown).contains("[a person answered]", "length 9").doesNotContain("tr0ub4dor");
    assertThat(recorded.orElseThrow().lines().toString()).doesNotContain("tr0ub4dor");
  }

  @Test
  void aProgramThatTellsAPersonsAnswerIsRedacted() {
    open(Sudo.ASK, Optional.of(_ -> Optional.of("tr0ub4dor".getBytes(StandardCharsets.UTF_8))));

    String shown =
        call(
                "open_terminal",
                Map.of(
                    "command",
                    "sh -c 'stty -echo; printf \"PIN: \"; read -r s; echo \"it is $s.\"; exec cat'"))
            .text();

    assertThat(shown).contains("it is ").doesNotContain("tr0ub4dor");
  }

  @Test
  void whilePersonsAreAskedTheModelTypesNothingAndNoWaitTellsTheAnswer() {
    List<String> meanwhile = new ArrayList<>();
    open(
        Sudo.ASK,
        Optional.of(question -> {
          String id =
              call("read_screen", Map.of("id", ""))
                  .text()
                  .replaceAll("(?s).*(t[0-9a-f]{4}).*", "$1");
          meanwhile.add(typed(id, "cat", "Ctrl-C"));
          return Optional.of("tr0ub4dor".getBytes(StandardCharsets.UTF_8));
        }));

    String id =
        opened("sh -c 'stty -echo; printf \"PIN: \"; read -r s; echo \"it is $s.\"; exec cat'");

    assertThat(meanwhile).singleElement().asString().contains("being asked", "Nothing was typed");
    assertThat(call("read_screen", Map.of("id", id, "wait_for", "/is tr0/", "seconds", 0L)).text())
        .contains("has not appeared", "it is ");
  }

  @Test
  void aWrongAnswerIsAskedForAgainThoughTheProgramTakesItsTime() {
    List<SecretPerson.Question> asked = new ArrayList<>();
    open(
        Sudo.ASK,
        Optional.of(question -> {
          asked.add(question);
          return Optional.of(("answer" + asked.size()).getBytes(StandardCharsets.UTF_8));
        }));

    String shown =
        call(
                "open_terminal",
                Map.of(
                    "command",
                    "sh -c 'stty -echo; for i in 1 2; do printf \"Password: \"; read -r s; echo; sleep 2;"
                        + " done; echo \"${#s} at last\"; exec cat'"))
            .text();

    assertThat(asked).hasSize(2);
    assertThat(shown).contains("[a person answered]", "7 at last");
  }

  @Test
  void anAnswerToAProgramThatHasGoneOnIsNotTyped() {
    List<SecretPerson.Question> asked = new ArrayList<>();
    open(
        Sudo.ASK,
        Optional.of(question -> {
          asked.add(question);
          if (asked.size() > 1) {
            return Optional.empty();
          }
          // Longer than the program waits.
          Thread.sleep(Duration.ofSeconds(3));
          return Optional.of("tr0ub4dor".getBytes(StandardCharsets.UTF_8));
        }));

    String shown =
        call(
                "open_terminal",
                Map.of(
                    "command",
                    "sh -c 'stty -echo; printf \"Password: \"; sleep 2; printf \"\\nthief: \"; read -r s;"
                        + " echo \"got <$s>\"; exec cat'"))
            .text();

    assertThat(asked).hasSize(2);
    assertThat(shown).contains("gave no answer").doesNotContain("got <", "tr0ub4dor");
    assertThat(recorded.orElseThrow().lines().toString()).contains("did=answered_too_late");
  }

  @Test
  void withoutTheRolesWishNoPersonIsAsked() {
    List<SecretPerson.Question> asked = new ArrayList<>();
    open(
        Sudo.NEVER,
        Optional.of(question -> {
          asked.add(question);
          return Optional.empty();
        }));

    String shown =
        call("open_terminal", Map.of("command", "sh -c 'stty -echo; printf \"PIN: \"; exec cat'"))
            .text();

    assertThat(shown).contains("PIN:");
    assertThat(asked).isEmpty();
  }

  @Test
  void aPersonWhoGivesNoAnswerIsAskedOnce() {
    List<SecretPerson.Question> asked = new ArrayList<>();
    open(
        Sudo.ASK,
        Optional.of(question -> {
          asked.add(question);
          return Optional.empty();
        }));
    String id = opened("sh -c 'stty -echo; printf \"PIN: \"; exec cat'");

    call("read_screen", Map.of("id", id));

    assertThat(asked).hasSize(1);
  }
}
