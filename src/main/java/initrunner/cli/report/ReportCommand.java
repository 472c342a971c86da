package initrunner.cli.report;

import initrunner.audit.story.RunLog;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.AuditDatabaseOption;
import initrunner.cli.options.OptionValues;
import initrunner.text.FileFailure;
import initrunner.text.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `report`: the audit log as one page for a browser.
@Command(
    name = "report",
    descriptionHeading = "%n",
    description = {
      "Makes one page of what happened, for a browser.",
      "It has what did not go well, a time line of the calls of each host and run, and",
      "the story of each run, with filters and search. The page is one file; it needs",
      "no network, and opens from the disk.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "A page has at most the newest 100,000 calls and 10,000 runs, and says what it",
      "leaves out. Arguments, prompts and answers are there as the audit log has them,",
      "so send the page only to people who may read the log.",
      "",
      "Examples:",
      "  initrunner report",
      "  initrunner report --since 7d --host my-build-box -o week.html",
      "  initrunner report -o - | ssh my-desk 'cat > report.html'",
      "",
      "Exit status: 0, 1 no audit log, or the page cannot be written, 2 wrong usage.",
    })
public final class ReportCommand implements Callable<Integer> {

  private static final Path STANDARD_OUTPUT = Path.of("-");

  private final Console console;
  private final String version;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Where the page goes, or - for standard output (default: ${DEFAULT-VALUE}). An earlier"
              + " report is written over, any other file is not.")
  private Path output = Path.of("report.html");

  @Option(names = "--force", description = "Write over any file.")
  private boolean force;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only what began then or later: 15m, 2h, 7d ago, a date, or a time.")
  private @Nullable String since;

  @Option(names = "--agent", paramLabel = "NAME", description = "Only calls of this agent.")
  private @Nullable String agent;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Only calls on this host, as the role names it; local: this machine.")
  private @Nullable String host;

  @Option(
      names = "--sandbox",
      paramLabel = "NAME",
      description = "Only calls in this one of a role's several sandboxes.")
  private @Nullable String sandbox;

  @Mixin private final AuditDatabaseOption database = new AuditDatabaseOption();

  @Spec private CommandSpec spec;

  /// @param version of this program
  public ReportCommand(Console console, String version) {
    this.console = console;
    this.version = version;
  }

  @Override
  public Integer call() {
    OptionValues values = new OptionValues();
    Optional<Instant> from = values.time("--since", since);
    boolean isFile = !output.equals(STANDARD_OUTPUT);
    if (isFile) {
      requireOurs(values);
    }
    values.requireAllowed(spec.commandLine());
    RunLog log = new RunLog(database.toRead(console.environment()).getFirst());
    PageData data =
        new ReportQuestion(
                Optional.ofNullable(agent),
                Optional.ofNullable(host),
                Optional.ofNullable(sandbox),
                from)
            .data(log, ReportQuestion.Bounds.OF_A_PAGE, version);
    String page = ReportPage.html(data.packed());
    if (isFile) {
      return write(page.getBytes(StandardCharsets.UTF_8), data);
    }
    console.out().writer().print(page);
    return ExitCodes.OK;
  }

  /// The file may be new, or a report.
  private void requireOurs(OptionValues values) {
    Path directory = output.toAbsolutePath().getParent();
    try {
      if (directory == null || !Files.isDirectory(directory)) {
        values.fault("--output '" + output + "': its directory is not there; make it first");
      } else if (!force && ReportFile.isOfAnother(output)) {
        values.fault(
            "--output '"
                + output
                + "' is there already and is no report; name another file, or add --force");
      }
    } catch (IOException e) {
      values.fault("--output cannot be read: " + FileFailure.reason(e) + "; name another file");
    }
  }

  private int write(byte[] page, PageData data) {
    try {
      ReportFile.replace(output, page);
    } catch (IOException e) {
      console.complain(
          "the page cannot be written: " + FileFailure.reason(e),
          FileFailure.remedy(e, "Name a file in a directory that you may write to."));
      return ExitCodes.FAILED;
    }
    data.about().leftOut().forEach(console.err()::println);
    console
        .out()
        .println(
            "%s: %s and %s, %,d kB"
                .formatted(
                    output.toAbsolutePath().normalize(),
                    Words.counted(data.calls().size(), "call"),
                    Words.counted(data.runs().size(), "run"),
                    (page.length + 999) / 1000));
    return ExitCodes.OK;
  }
}
