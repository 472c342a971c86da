package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import initrunner.cli.attach.AttachCommand;
import initrunner.cli.audit.AuditCommand;
import initrunner.cli.complete.CompletionCommand;
import initrunner.cli.console.Console;
import initrunner.cli.demo.DemoCommand;
import initrunner.cli.files.PullCommand;
import initrunner.cli.files.PushCommand;
import initrunner.cli.files.SyncCommand;
import initrunner.cli.forward.ForwardCommand;
import initrunner.cli.init.InitCommand;
import initrunner.cli.jobs.JobsCommand;
import initrunner.cli.look.RunsCommand;
import initrunner.cli.look.ShowCommand;
import initrunner.cli.look.TailCommand;
import initrunner.cli.manual.ManPagesCommand;
import initrunner.cli.report.ReportCommand;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

class HelpTest {

  private static final int COLUMNS = 80;

  static Stream<CommandSpec> commands() {
    Console console = CapturedConsole.of(Map.of()).console();
    return Stream.of(
            new Root().spec(),
            new DemoCommand(console),
            new InitCommand(console),
            new RunCommand(console),
            new PendingCommand(console),
            new ApproveCommand(console),
            new RunsCommand(console),
            new ShowCommand(console),
            new TailCommand(console),
            new ExecCommand(console).spec(),
            new PushCommand(console),
            new PullCommand(console),
            new JobsCommand(console),
            new SyncCommand(console),
            new ForwardCommand(console),
            new AttachCommand(console),
            new McpCommand(console),
            new ExecServerCommand(console),
            new AcpCommand(console),
            new ConnectCommand(console),
            new HookCommand(console).spec(),
            new ValidateCommand(console),
            new DoctorCommand(console),
            new SchemaCommand(),
            new ReportCommand(console, "1"),
            new AuditCommand(console),
            new CompletionCommand(console),
            new HelpCommand(),
            new VersionCommand(console),
            new ManPagesCommand(console))
        .map(command -> new CommandLine(command).getCommandSpec())
        .flatMap(HelpTest::withItsOwn);
  }

  private static Stream<CommandSpec> withItsOwn(CommandSpec command) {
    return Stream.concat(
        Stream.of(command),
        command.subcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .flatMap(HelpTest::withItsOwn));
  }

  /// A shell splits an example as the reader's does; no program is run.
  private static List<String> words(String example) throws Exception {
    Process shell =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "initrunner() { printf '%s\\0' \"$@\" >&3; }; { " + example + "; } 3>&1 >&2")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    shell.getOutputStream().close();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Stream.of(said.split("\0", -1)).takeWhile(word -> !word.isEmpty()).toList();
  }

  @Test
  void theParserTakesEachExample() throws Exception {
    Console console = CapturedConsole.of(Map.of()).console();
    List<String> examples =
        commands()
            .flatMap(command ->
                String.join("\n", command.usageMessage().footer())
                    .replaceAll("\\\\\n *", "")
                    .lines())
            .flatMap(line -> Stream.of(line.split(" && ", -1)))
            .map(String::strip)
            .filter(line -> line.startsWith("initrunner "))
            .map(line -> line.replaceAll("\\$\\([^)]*\\)", "x").replaceFirst(" [<>]+ [^']*$", ""))
            .distinct()
            .toList();
    assertThat(examples).hasSizeGreaterThan(80);
    for (String example : examples) {
      List<String> words = words(example);
      assertThat(words).as(example).isNotEmpty();
      CommandLine all = Main.commandLine(new Root(), console, Optional.empty());
      assertThatCode(() -> all.parseArgs(words.toArray(String[]::new)))
          .as(example)
          .doesNotThrowAnyException();
    }
  }

  /// A terminal breaks a longer line in the middle of a word.
  @ParameterizedTest
  @MethodSource("commands")
  void whatIsWrittenByHandFitsATerminal(CommandSpec command) {
    UsageMessageSpec help = command.usageMessage();
    assertThat(Stream.of(help.customSynopsis(), help.description(), help.footer()))
        .allSatisfy(text -> assertThat(List.of(text)).allMatch(line -> line.length() < COLUMNS));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theFirstLineWhichTheListShowsIsOneWholeSentence(CommandSpec command) {
    assertThat(
            Stream.of(command.usageMessage().description())
                .filter(line -> !line.isEmpty())
                .findFirst())
        .hasValueSatisfying(line -> assertThat(line).matches("[A-Z][^.]*\\."));
  }

  /// The parser may end a line after any full stop.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "init",
        "run",
        "pending",
        "approve",
        "runs",
        "show",
        "tail",
        "exec",
        "push",
        "pull",
        "sync",
        "connect",
        "hook",
        "validate",
        "schema",
        "doctor",
        "demo",
        "report",
        "audit",
        "audit security-events",
        "audit export",
        "audit verify",
        "audit checkpoint",
        "audit prune",
        "audit rotate",
        "completion",
        "version",
        "man-pages"
      })
  void noLineEndsWithinTheNameOfAFile(String command) {
    CapturedConsole console = CapturedConsole.of(Map.of());
    console.run((command + " --help").split(" "));
    assertThat(console.stdout())
        .startsWith("Usage: initrunner " + command)
        .doesNotContainPattern("[a-z~]/?\\.\\R {9,}[a-z]");
  }

  @Test
  void theListSaysOfEachCommandWhatItDoes() {
    CapturedConsole console = CapturedConsole.of(Map.of());
    console.run("--help");
    Stream<String> list =
        console
            .stdout()
            .lines()
            .dropWhile(line -> !line.startsWith("Commands"))
            .skip(1)
            .takeWhile(line -> !line.isEmpty());
    assertThat(list)
        .filteredOn(line -> line.matches("  [a-z]+( .*)?"))
        .hasSizeGreaterThan(4)
        .allMatch(line -> line.matches("  [a-z]+ +[A-Z].*"));
  }
}
