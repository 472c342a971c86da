package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.audit.AuditCheckpointCommand;
import initrunner.cli.audit.AuditCommand;
import initrunner.cli.audit.AuditExportCommand;
import initrunner.cli.audit.AuditPruneCommand;
import initrunner.cli.audit.AuditRotateCommand;
import initrunner.cli.audit.AuditVerifyCommand;
import initrunner.cli.audit.SecurityEventsCommand;
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
import java.util.List;
import java.util.Map;
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
            new AuditExportCommand(),
            new AuditVerifyCommand(),
            new AuditCheckpointCommand(),
            new AuditPruneCommand(),
            new AuditRotateCommand(),
            new SecurityEventsCommand(),
            new CompletionCommand(console),
            new HelpCommand(),
            new VersionCommand(console),
            new ManPagesCommand(console))
        .map(command -> new CommandLine(command).getCommandSpec());
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
