package initrunner.cli.audit;

import initrunner.audit.AuditException;
import initrunner.audit.AuditExport;
import initrunner.cli.console.ExitCodes;
import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit export`: runs and events as they are recorded, for programs.
@Command(
    name = "export",
    descriptionHeading = "%n",
    description = {
      "Prints runs and their events, oldest first, whole and as they are recorded.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  initrunner audit export --run 3f2a90c1d4e5",
      "  initrunner audit export --since 7d --format csv -o week.csv",
      "",
      "Exit status: 0 (also when nothing matches), 1 no audit log, 2 wrong usage.",
    })
public final class AuditExportCommand implements Callable<Integer> {

  static final class Triggers implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return List.of("cli", "resume", "acp", "library").iterator();
    }
  }

  @Option(
      names = {"--run", "--run-id"},
      paramLabel = "RUN_ID",
      description = "Only this run and its events.")
  private @Nullable String runId;

  @Mixin private final RecordOptions records = new RecordOptions("all", RowFormat.JSON);

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only records of this time or earlier, in the same forms.")
  private @Nullable String until;

  @Option(
      names = "--trigger-type",
      paramLabel = "TYPE",
      completionCandidates = Triggers.class,
      description = "Only runs that were started so: cli, resume, acp or library. No events.")
  private @Nullable String triggerType;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write it there; a new file, which only its owner can read.")
  private @Nullable Path output;

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() throws IOException {
    RowFormat rowFormat = records.format(audit);
    AuditExport export =
        new AuditExport(
            Optional.ofNullable(runId),
            records.agent(),
            Optional.ofNullable(triggerType),
            new AuditExport.Period(records.since(audit), audit.time("--until", until)),
            records.limit(audit));
    audit.requireAllowed();
    if (output == null) {
      print(export, rowFormat, audit.out());
    } else {
      write(export, rowFormat, output);
    }
    return ExitCodes.OK;
  }

  private void print(AuditExport export, RowFormat rowFormat, PrintWriter out) {
    Path database = audit.toRead().getFirst();
    rowFormat.print(
        AuditExport.COLUMNS,
        taker ->
            export.run(
                database,
                row -> {
                  row.values().removeIf(Optional::isEmpty);
                  taker.accept(row);
                }),
        out);
  }

  /// Leaves no file that holds only a part.
  private void write(AuditExport export, RowFormat rowFormat, Path file) throws IOException {
    PrintWriter to = newFile(file);
    try (to) {
      print(export, rowFormat, to);
      if (to.checkError()) {
        throw new AuditException(
            "The export cannot be written to " + file + ", so there is no such file now",
            "See whether its file system is full (df -h) or over your quota (quota -s)");
      }
    } catch (RuntimeException | Error e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private PrintWriter newFile(Path file) {
    try {
      return new PrintWriter(OwnersFile.create(file), false, StandardCharsets.UTF_8);
    } catch (FileAlreadyExistsException e) {
      throw audit.fault("--output '" + file + "' is there already; name a new file");
    } catch (IOException e) {
      throw audit.fault(
          "--output cannot be written: "
              + FileFailure.reason(e)
              + "; "
              + FileFailure.remedy(e, "name a new file in a directory that you may write to"));
    }
  }
}
