package initrunner.cli.repl;

import initrunner.audit.AuditException;
import initrunner.audit.AuditQuery;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import initrunner.text.Nearest;
import initrunner.tool.Tool;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers the commands of a session, without its model. For one thread.
final class SessionCommands {

  static final List<String> NAMES = List.of("/tools", "/host", "/audit", "/help", "/quit");

  private static final Set<String> ENDS = Set.of("/quit", "/exit", "quit", "exit");
  private static final int MOST_ROWS = 1000;
  private static final Pattern SENTENCE_END = Pattern.compile("\\.\\s");

  private final ReplUi ui;
  private final RunOrder order;
  private final RoleRuntime runtime;
  private final Instant begin;
  private final Set<String> runs = new HashSet<>();

  /// @param begin of the session
  SessionCommands(ReplUi ui, RunOrder order, RoleRuntime runtime, Instant begin) {
    this.ui = ui;
    this.order = order;
    this.runtime = runtime;
    this.begin = begin;
  }

  static boolean isEnd(String text) {
    return ENDS.contains(text.strip());
  }

  void add(String runId) {
    runs.add(runId);
  }

  void run(String command) {
    switch (command) {
      case "/tools" -> tools();
      case "/host" -> ui.say(host());
      case "/audit" -> audit();
      case "/help" -> help();
      default -> unknown(command);
    }
  }

  String host() {
    String backend = order.role().sandbox().backend().name().toLowerCase(Locale.ROOT);
    return "tools act on "
        + runtime.place()
        + " (backend "
        + backend
        + "), in "
        + runtime.directory().orElse("the login directory");
  }

  private void tools() {
    if (runtime.tools().isEmpty()) {
      ui.say("This role has no tools.");
    }
    int width = runtime.tools().stream().mapToInt(tool -> tool.name().length()).max().orElse(0);
    for (Tool tool : runtime.tools()) {
      String first = SENTENCE_END.split(tool.description(), 2)[0].strip();
      ui.say(String.format(Locale.ROOT, "%-" + width + "s  %s", tool.name(), first));
    }
  }

  private void help() {
    ui.say("/tools  what the model may call");
    ui.say("/host   where these run");
    ui.say("/audit  what was called in this session, and how it ended");
    ui.say("/quit   ends the session, as Ctrl-D does");
    ui.say("");
    ui.say("Ctrl-C stops what runs; while you type, it clears the line.");
    ui.say("A \\ at a line's end goes on in the next; pasted text may have several lines.");
    ui.say("A prompt that is to begin with / has a blank in front.");
  }

  private void unknown(String command) {
    String name = command.split("\\s", 2)[0];
    String meant = Nearest.question(name, NAMES);
    ui.complain(
        "there is no " + name + (meant.isEmpty() ? "" : "; " + meant),
        "There are " + String.join(", ", NAMES) + ".");
  }

  private void audit() {
    Optional<Path> database = order.setting().auditDatabase();
    if (database.isEmpty()) {
      ui.say("No audit log is kept (--no-audit).");
      return;
    }
    try {
      List<AuditQuery.Event> calls =
          new AuditQuery(
                  Optional.of("sandbox.exec"),
                  Optional.of(order.role().metadata().name()),
                  Optional.of(begin),
                  MOST_ROWS)
              .run(database.get()).reversed().stream()
                  .filter(row -> runs.contains(field("run", row)))
                  .toList();
      calls.forEach(row -> ui.say(line(row)));
      ui.say(
          (calls.isEmpty() ? "Nothing was called yet" : "calls: " + calls.size())
              + ", recorded in "
              + database.get()
              + "; times are in UTC");
    } catch (AuditException e) {
      ui.complain(String.valueOf(e.getMessage()), e.remedy());
    }
  }

  private static String line(AuditQuery.Event row) {
    String ended = field("ended", row);
    String how =
        switch (ended) {
          case "exited" -> "exit " + field("rc", row);
          case "signaled" -> "signal " + field("signal", row);
          case "refused", "not_started" -> ended + " (" + field("reason", row) + ")";
          case "timed_out", "cancelled" -> ended + " (" + field("stop", row) + ")";
          default -> ended;
        };
    return String.format(
        Locale.ROOT,
        "%s  %-10s %-14s %-22s %6.1f s  run %s call %s",
        row.timestamp().replaceFirst(".*T(..:..:..).*", "$1"),
        field("tool", row),
        field("argv0", row),
        how.replace('_', ' '),
        Long.parseLong(field("duration_ms", row)) / 1000.0,
        field("run", row),
        field("call", row));
  }

  private static String field(String name, AuditQuery.Event row) {
    Matcher field = Pattern.compile("(?:^| )" + name + "=(\\S*)").matcher(row.details());
    return field.find() ? field.group(1) : "";
  }
}
