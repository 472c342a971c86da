package initrunner.cli.record;

import initrunner.audit.AuditQuery;
import initrunner.audit.AuditRow;
import initrunner.cli.console.Since;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `audit security-events`: prints recorded events, newest first.
@Command(
    name = "security-events",
    description = "Prints recorded events, newest first.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  initrunner audit security-events --event-type sandbox.exec",
      "  initrunner audit security-events --agent remote-build-agent --since 2h",
      "  initrunner audit security-events --since 2026-01-31 --limit 999 --format csv",
      "  initrunner audit security-events --format json | jq '.[].details'",
      "",
      "Exit status: 0 (also when nothing matches), 1 no record to read, 2 wrong usage.",
    })
public final class SecurityEventsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @ParentCommand private AuditCommand audit;

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      description = "Only events of this type, such as sandbox.exec or sandbox.start.")
  private @Nullable String eventType;

  @Option(names = "--agent", paramLabel = "NAME", description = "Only events of this agent.")
  private @Nullable String agent;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only events of this time or later: " + Since.ALLOWED + ".")
  private @Nullable String since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many events, the newest (default: ${DEFAULT-VALUE}).")
  private String limit = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, json or csv (default: ${DEFAULT-VALUE}).")
  private String format = "";

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description =
          "The database (default: INITRUNNER_AUDIT_DB, else audit.db in INITRUNNER_HOME, else"
              + " ~/.initrunner/audit.db).")
  private @Nullable String database;

  /// For picocli, as a command of [AuditCommand].
  public SecurityEventsCommand() {}

  /// The options' values, when all of them are allowed.
  private record Request(AuditQuery query, AuditRowFormat format, Path database) {}

  @Override
  public Integer call() {
    Request request = request();
    List<AuditRow> rows = request.query().run(request.database());
    if (rows.isEmpty()) {
      explainNothing(request);
    }
    request.format().print(rows, spec.commandLine().getOut());
    return ExitCode.OK;
  }

  private Request request() {
    List<String> faults = new ArrayList<>();
    Optional<Instant> from = Optional.empty();
    try {
      from = Optional.ofNullable(since).map(text -> Since.parse(text, Clock.systemUTC()));
    } catch (IllegalArgumentException e) {
      faults.add("--since '" + since + "': allowed is " + Since.ALLOWED);
    }
    int count = limit.matches("0*[1-9][0-9]{0,8}") ? Integer.parseInt(limit) : 0;
    if (count == 0) {
      faults.add("--limit '" + limit + "': allowed is a whole number from 1 to 999999999");
    }
    Optional<AuditRowFormat> rowFormat = AuditRowFormat.named(format);
    if (rowFormat.isEmpty()) {
      faults.add("--format '" + format + "': allowed is " + AuditRowFormat.names());
    }
    Optional<Path> named = Optional.empty();
    try {
      named = Optional.ofNullable(database).map(Path::of);
    } catch (InvalidPathException e) {
      faults.add("--audit-db: " + e.getReason());
    }
    if (!faults.isEmpty()) {
      throw new ParameterException(spec.commandLine(), String.join("; ", faults));
    }
    return new Request(
        new AuditQuery(Optional.ofNullable(eventType), Optional.ofNullable(agent), from, count),
        rowFormat.orElseThrow(),
        audit.toRead(named).getFirst());
  }

  private void explainNothing(Request request) {
    StringBuilder line = new StringBuilder("No security events");
    request.query().eventType().ifPresent(type -> line.append(" of type ").append(type));
    request.query().agentName().ifPresent(name -> line.append(" of agent ").append(name));
    request.query().since().ifPresent(time -> line.append(" since ").append(time));
    line.append(" in ").append(request.database());
    spec.commandLine().getErr().println(line);
    List<String> types = AuditQuery.eventTypes(request.database());
    request
        .query()
        .eventType()
        .filter(type -> !types.isEmpty() && !types.contains(type))
        .ifPresent(type ->
            spec.commandLine()
                .getErr()
                .println("The types of event there are: " + String.join(", ", types)));
  }
}
