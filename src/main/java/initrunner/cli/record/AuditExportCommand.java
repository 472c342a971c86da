package initrunner.cli.record;

import initrunner.audit.AuditException;
import initrunner.audit.AuditExport;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.Since;
import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `audit export`: runs and events as they are recorded, for programs.
@Command(
    name = "export",
    description = "Prints runs and their events, oldest first, whole and as they are recorded.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  initrunner audit export --run 3f2a90c1d4e5",
      "  initrunner audit export --since 7d --format csv -o week.csv",
      "",
      "Exit status: 0 (also when nothing matches), 1 no record to read, 2 wrong usage.",
    })
public final class AuditExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @ParentCommand private AuditCommand audit;

  @Option(
      names = {"--run", "--run-id"},
      paramLabel = "ID",
      description = "Only this run and its events.")
  private @Nullable String runId;

  @Option(names = "--agent", paramLabel = "NAME", description = "Only what this agent did.")
  private @Nullable String agent;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only records of this time or later: " + Since.ALLOWED + ".")
  private @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only records of this time or earlier, in the same forms.")
  private @Nullable String until;

  @Option(
      names = "--trigger-type",
      paramLabel = "TYPE",
      description = "Only runs that were started so: cli or resume. No events.")
  private @Nullable String triggerType;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many records, the newest (default: all).")
  private @Nullable String limit;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "json",
      description = "json, jsonl or csv (default: ${DEFAULT-VALUE}).")
  private String format = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write it there; a new file, which only its owner can read.")
  private @Nullable Path output;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description = "Another database than audit.db in the home.")
  private @Nullable Path database;

  /// For picocli, as a command of [AuditCommand].
  public AuditExportCommand() {}

  @Override
  public Integer call() throws IOException {
    ExportFormat how =
        ExportFormat.named(format)
            .orElseThrow(() ->
                new ParameterException(
                    spec.commandLine(), "--format '" + format + "': allowed is json, jsonl, csv"));
    AuditExport export =
        new AuditExport(
            Optional.ofNullable(runId),
            Optional.ofNullable(agent),
            Optional.ofNullable(triggerType),
            new AuditExport.Period(time("--since", since), time("--until", until)),
            most());
    Path from = audit.toRead(Optional.ofNullable(database)).getFirst();
    if (output == null) {
      how.print(export, from, spec.commandLine().getOut());
      return ExitCodes.OK;
    }
    write(how, export, from, output);
    return ExitCodes.OK;
  }

  /// A file that does not hold all of it is none.
  private void write(ExportFormat how, AuditExport export, Path from, Path file)
      throws IOException {
    boolean isWhole = false;
    try (PrintWriter to = newFile(file)) {
      how.print(export, from, to);
      isWhole = !to.checkError();
    } catch (FileAlreadyExistsException e) {
      isWhole = true;
      throw new ParameterException(
          spec.commandLine(), "--output '" + file + "' is there already; name a new file", e);
    } catch (FileSystemException e) {
      isWhole = true;
      throw new ParameterException(
          spec.commandLine(),
          "--output cannot be written: "
              + FileFailure.reason(e)
              + "; "
              + FileFailure.remedy(e, "name a new file in a directory that you may write to"),
          e);
    } finally {
      if (!isWhole) {
        Files.deleteIfExists(file);
      }
    }
    if (!isWhole) {
      throw new AuditException(
          "The export cannot be written to " + file + ", so there is no such file now",
          "See whether its file system is full (df -h) or over your quota (quota -s)");
    }
  }

  private Optional<Instant> time(String option, @Nullable String given) {
    try {
      return Optional.ofNullable(given).map(text -> Since.parse(text, Clock.systemUTC()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), option + " '" + given + "': allowed is " + Since.ALLOWED, e);
    }
  }

  private Optional<Integer> most() {
    return Optional.ofNullable(limit).map(given -> audit.number(spec, "--limit", given));
  }

  private static PrintWriter newFile(Path file) throws IOException {
    return new PrintWriter(new OutputStreamWriter(OwnersFile.create(file), StandardCharsets.UTF_8));
  }
}
