package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.FirstOutput;
import initrunner.exec.Limits;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Transport;
import initrunner.ssh.process.SshProcessTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// With every login shell, and with every output of its rc file, a command arrives as it was given
/// and its streams are its own.
@ParameterizedClass
@MethodSource("hosts")
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LoginShellsTest {

  private static final String NOISE = "echo 'Welcome to this host!'\n";

  /// A login shell with what it runs before every command, if there is such a file.
  enum Shell {
    BASH(".bashrc", NOISE + "echo 'stty: no terminal' >&2\nprintf 'no line end'\n"),
    DASH(".profile", NOISE),
    ZSH(".zshenv", NOISE + "echo 'stty: no terminal' >&2\n"),
    KSH(".kshrc", NOISE),
    CSH(".cshrc", NOISE + "sh -c 'echo stty: no terminal >&2'\n"),
    TCSH(".tcshrc", NOISE),
    FISH(".config/fish/config.fish", NOISE + "echo 'stty: no terminal' >&2\n"),
    RC(".rcrc", NOISE),
    ELVISH(".config/elvish/rc.elv", NOISE);

    private final String rcFile;
    private final String rc;

    Shell(String rcFile, String rc) {
      this.rcFile = rcFile;
      this.rc = rc;
    }
  }

  /// What a command gets there by.
  enum Way {
    PROCESS,
    CHANNEL,
    WAITING_SHELL,
    /// Without asking the login shell what it understands.
    UNTRIED;

    Transport on(SshdExtension sshd) {
      return switch (this) {
        case PROCESS -> new SshProcessTransport(sshd.target());
        case CHANNEL -> new SshTransport(sshd.target());
        case UNTRIED -> new SshTransport(sshd.target().forOneCommand(Optional.empty()));
        case WAITING_SHELL -> new ShellsAhead(new SshTransport(sshd.target()), sshd);
      };
    }
  }

  static Stream<Arguments> hosts() {
    return Stream.of(Shell.values())
        .flatMap(shell -> Stream.of(Way.values()).map(way -> Arguments.of(shell, way)));
  }

  private static final List<String> NASTY =
      List.of(
          "",
          " ",
          "a b",
          "$HOME",
          "${x}",
          "`id`",
          "$(id)",
          "!",
          "!!",
          "it's",
          "\"",
          "'\"'\"'",
          "\\",
          "\\\\",
          "\\n",
          "a\nb",
          "\n",
          "tab\there",
          "*",
          "?",
          "[a-z]",
          "{a,b}",
          "~",
          "~root",
          "#x",
          "a;b",
          "a&b",
          "a|b",
          "<",
          ">",
          "(",
          ")",
          "=ls",
          "==",
          "%1",
          "^a^b",
          "-n",
          "--",
          "é中😀",
          "\u0001\u001b[31m\u007f",
          "a\rb",
          "x=y");

  private static Optional<SshdExtension> server = Optional.empty();
  private static Optional<Transport> opened = Optional.empty();

  private final Shell shell;

  LoginShellsTest(Shell shell, Way ignored) {
    this.shell = shell;
  }

  @BeforeParameterizedClassInvocation
  static void open(Shell shell, Way way) throws IOException {
    String name = shell.name().toLowerCase(Locale.ROOT);
    SshdExtension sshd = new SshdExtension().as("initrunner-" + name, "/bin/" + name);
    server = Optional.of(sshd);
    sshd.prepareAndStart();
    Path rcFile = sshd.home().resolve(shell.rcFile);
    Files.createDirectories(rcFile.resolveSibling("."));
    Files.writeString(rcFile, shell.rc);
    Transport transport = way.on(sshd);
    opened = Optional.of(transport);
    transport.open();
  }

  @AfterParameterizedClassInvocation
  static void close() {
    opened.ifPresent(Transport::close);
    server.ifPresent(SshdExtension::stopAndDelete);
  }

  private static Ended run(Command command, Captured captured) {
    return opened
        .orElseThrow()
        .run(command, Limits.timeout(Duration.ofSeconds(20)), captured)
        .ended();
  }

  private static String stdoutOf(Command command) {
    Captured captured = new Captured(1 << 20);
    assertThat(run(command, captured)).isEqualTo(new Exited(0));
    assertThat(captured.stderrText()).isEmpty();
    return captured.stdoutText();
  }

  private static List<String> parts(String printed) {
    List<String> parts = new ArrayList<>(Arrays.asList(printed.split("\0", -1)));
    parts.removeLast();
    return parts;
  }

  /// Without it the tests below would show nothing of how noise is kept out.
  @Test
  void theRcFileIsReadForCommandsWhereTheShellReadsOne() throws IOException {
    SshdExtension sshd = server.orElseThrow();
    Process ssh =
        new ProcessBuilder("ssh", "-F", sshd.configFile().toString(), SshdExtension.HOST, "true")
            .redirectErrorStream(true)
            .start();
    String printed = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Set<Shell> quiet = EnumSet.of(Shell.DASH, Shell.KSH, Shell.RC, Shell.ELVISH);
    assertThat(printed.contains("Welcome to this host!")).isEqualTo(!quiet.contains(shell));
  }

  @Test
  void everyArgumentArrivesExactly() {
    List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
    argv.addAll(NASTY);
    assertThat(parts(stdoutOf(Command.of("true").withArgv(argv)))).isEqualTo(NASTY);
  }

  @Test
  void everyVariableArrivesExactly() {
    String all = String.join("|", NASTY);
    Command command =
        Command.of("printenv", "-0", "ALL", "EQ").withEnvironment(Map.of("ALL", all, "EQ", "=ls"));
    assertThat(parts(stdoutOf(command))).containsExactly(all, "=ls");
  }

  @Test
  void statusAndErrorOutputAreTheCommandsOwn() {
    Captured captured = new Captured(1000);
    assertThat(run(Command.of("sh", "-c", "echo out; echo err >&2; exit 255"), captured))
        .isEqualTo(new Exited(255));
    assertThat(captured.stdoutText()).isEqualTo("out\n");
    assertThat(captured.stderrText()).isEqualTo("err\n");
  }

  /// Whether the command has an input, or a directory, or neither; `ssh` does not say which signal.
  @Test
  void aSignalThatEndsACommandIsToldFromAnExit() {
    Command killed = Command.of("sh", "-c", "kill -KILL $$");
    Command there = killed.withWorkingDirectory(Optional.of("/"));
    for (Command command :
        List.of(
            killed, there, killed.withStdin(Stdin.text("x")), there.withStdin(Stdin.text("x")))) {
      assertThat(run(command, new Captured(1000))).isInstanceOf(Ended.Signaled.class);
    }
  }

  @Test
  void theInputIsWhole() {
    String input = "first line\n\\n \\\\ % $x\n".repeat(10_000);
    assertThat(stdoutOf(Command.of("cat").withStdin(Stdin.text(input)))).isEqualTo(input);
  }

  @Test
  void whatIsTypedReachesACommandOnATerminal() {
    Stdin typed =
        new Stdin.Terminal(
            "vt100",
            new ByteArrayInputStream("typed\r".getBytes(StandardCharsets.UTF_8)),
            new Stdin.Terminal.Size(101, 33));
    Command command =
        Command.of("sh", "-c", "tty; stty size; echo $TERM; read -r line; echo \"<$line>\"; exit 7")
            .withStdin(typed);
    Captured captured = new Captured(1 << 16);
    assertThat(run(command, captured)).isEqualTo(new Exited(7));
    // A terminal shows what is typed at any time, also between two lines of the command.
    assertThat(captured.stdoutText())
        .contains("/dev/pts/", "\n33 101\r\n", "vt100\r\n", "typed\r\n")
        .endsWith("<typed>\r\n");
  }

  @Test
  void withoutInputThereIsNone() {
    assertThat(stdoutOf(Command.of("cat"))).isEmpty();
  }

  @Test
  void aCommandLongerThanOneArgumentMayBeArrives() {
    List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      words.add("it's word number " + i + "\n\\");
    }
    argv.addAll(words);
    Command command = Command.of("true").withArgv(argv).withStdin(Stdin.text("not for me"));
    assertThat(parts(stdoutOf(command))).isEqualTo(words);
  }

  @Test
  void theDirectoryMayBeBelowHomeAndHoldSpaces() throws IOException {
    Path directory = Files.createDirectories(server.orElseThrow().home().resolve("my work!/it's"));
    Command command = Command.of("pwd").withWorkingDirectory(Optional.of("~/my work!/it's"));
    assertThat(stdoutOf(command)).isEqualTo(directory + "\n");
  }

  @Test
  void withoutItsDirectoryACommandIsNotRun() throws IOException {
    Path home = server.orElseThrow().home();
    Path file = Files.writeString(home.resolve("no directory"), "");
    Command command =
        Command.of("touch", home + "/ran").withWorkingDirectory(Optional.of("" + file));
    for (Command each :
        List.of(
            command,
            command.withStdin(Stdin.text("exit 0\n")),
            command.withSecrets(SecretEnvironment.of(Map.of("TOKEN", "hunter2"))))) {
      Captured captured = new Captured(1000);
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> run(each, captured))
          .withMessageMatching(
              "commands cannot start in '" + file + "' on my-build-box: .*\\bcd\\b.*")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.COMMAND_INVALID));
      assertThat(captured.stdoutText() + captured.stderrText()).isEmpty();
    }
    assertThat(home.resolve("ran")).doesNotExist();
  }

  @Test
  void aCommandIsStoppedThereToo() throws Exception {
    FirstOutput begun = new FirstOutput();
    CompletableFuture<Ended> ended = new CompletableFuture<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                ended.complete(
                    opened
                        .orElseThrow()
                        .run(
                            Command.of("sh", "-c", "setsid sleep 600 & echo go; sleep 600"),
                            Limits.unbounded(),
                            begun)
                        .ended()));
    begun.await();
    caller.interrupt();
    assertThat(ended.get()).isEqualTo(new Cancelled(Stop.STOPPED));
  }
}
