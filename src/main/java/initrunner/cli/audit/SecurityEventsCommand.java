package initrunner.cli.audit;

import initrunner.audit.AuditQuery;
import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit security-events`: prints recorded events, newest first.
@Command(
    name = "security-events",
    descriptionHeading = "%n",
    description = {"Prints recorded events, newest first.", ""},
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  initrunner audit security-events --event-type sandbox.exec",
      "  initrunner audit security-events --agent remote-build-agent --since 2h",
      "  initrunner audit security-events --since 2026-01-31 --limit 999 --format csv",
      "  initrunner audit security-events --format json | jq '.[].details'",
      "",
      "Exit status: 0 (also when nothing matches), 1 no audit log, 2 wrong usage.",
    })
public final class SecurityEventsCommand implements Callable<Integer> {

  private static final List<String> COLUMNS =
      List.of(
          "id", "timestamp", "event_type", "agent_name", "details", "source_ip", "principal_id");

  private static final List<String> TABLE_COLUMNS = COLUMNS.subList(1, 5);

  static final class EventTypes implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return List.of("sandbox.start", "sandbox.exec", "sandbox.transfer", "content.blocked")
          .iterator();
    }
  }

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      completionCandidates = EventTypes.class,
      description = "Only events of this type, such as sandbox.exec or sandbox.start.")
  private @Nullable String eventType;

  @Mixin private final RecordOptions records = new RecordOptions("50", RowFormat.TABLE);

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() {
    RowFormat rowFormat = records.format(audit);
    AuditQuery query =
        new AuditQuery(
            Optional.ofNullable(eventType),
            records.agent(),
            records.since(audit),
            records.limit(audit).orElse(Integer.MAX_VALUE));
    audit.requireAllowed();
    Path database = audit.toRead().getFirst();
    List<AuditQuery.Event> rows = query.run(database);
    if (rows.isEmpty()) {
      explainNothing(query, database);
    }
    rowFormat.print(
        rowFormat == RowFormat.TABLE ? TABLE_COLUMNS : COLUMNS,
        taker -> rows.forEach(row -> taker.accept(fields(row))),
        audit.out());
    return ExitCodes.OK;
  }

  private static SequencedMap<String, Optional<Object>> fields(AuditQuery.Event row) {
    SequencedMap<String, Optional<Object>> fields = new LinkedHashMap<>();
    fields.put("id", Optional.of(row.id()));
    fields.put("timestamp", Optional.of(row.timestamp()));
    fields.put("event_type", Optional.of(row.eventType()));
    fields.put("agent_name", Optional.of(row.agentName()));
    fields.put("details", Optional.of(row.details()));
    fields.put("source_ip", row.sourceIp().map(Object.class::cast));
    fields.put("principal_id", row.principalId().map(Object.class::cast));
    return fields;
  }

  private void explainNothing(AuditQuery query, Path database) {
    StringBuilder line = new StringBuilder("No security events");
    query.eventType().ifPresent(type -> line.append(" of type ").append(type));
    query.agentName().ifPresent(name -> line.append(" of agent ").append(name));
    query.since().ifPresent(time -> line.append(" since ").append(time));
    audit.err().println(line.append(" in ").append(database));
    List<String> types = AuditQuery.eventTypes(database);
    if (query.eventType().isPresent()
        && !types.isEmpty()
        && !types.contains(query.eventType().get())) {
      audit.err().println("The types of event there are: " + String.join(", ", types));
    }
  }
}
