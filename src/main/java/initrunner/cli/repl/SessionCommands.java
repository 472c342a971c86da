package initrunner.cli.repl;

import initrunner.audit.AuditException;
import initrunner.audit.AuditQuery;
import initrunner.cli.console.Style;
import initrunner.cli.run.EditLines;
import initrunner.cli.run.SessionCalls;
import initrunner.cli.run.SessionView;
import initrunner.exec.RemedyException;
import initrunner.run.ModelChoice;
import initrunner.runtime.RoleHost;
import initrunner.runtime.RoleRuntime;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import initrunner.tool.RunOnTool;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.files.CopyTool;
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

  static final List<String> NAMES =
      List.of("/new", "/model", "/show", "/tools", "/host", "/jobs", "/audit", "/help", "/quit");

  /// Those that take words.
  private static final Set<String> WITH_WORDS = Set.of("/model", "/show", "/jobs");

  private static final Set<String> ENDS = Set.of("/quit", "/exit", "quit", "exit");
  private static final int MOST_ROWS = 1000;
  private static final int MOST_SHOWN = 40;
  private static final Pattern SENTENCE_END = Pattern.compile("\\.\\s");

  private final ReplUi ui;
  private final SessionAgent agent;
  private final RoleRuntime runtime;
  private final SessionCalls calls;
  private final SessionJobs jobs;
  private final Path home;
  private final Instant begin;
  private final Set<String> runs = new HashSet<>();

  /// @param home the user's directory of this product
  /// @param begin of the session
  SessionCommands(
      ReplUi ui,
      SessionAgent agent,
      RoleRuntime runtime,
      SessionCalls calls,
      SessionJobs jobs,
      Path home,
      Instant begin) {
    this.ui = ui;
    this.agent = agent;
    this.runtime = runtime;
    this.calls = calls;
    this.jobs = jobs;
    this.home = home;
    this.begin = begin;
  }

  static boolean isEnd(String text) {
    return ENDS.contains(text.strip());
  }

  void add(String runId) {
    runs.add(runId);
  }

  /// Does what one line asks for.
  void run(String line) {
    String[] words = line.split("\\s+", 2);
    String word = words.length > 1 ? words[1].strip() : "";
    if (!word.isEmpty() && NAMES.contains(words[0]) && !WITH_WORDS.contains(words[0])) {
      ui.complain(
          words[0] + " stands alone, and is followed by " + SafeText.quoted(word, MOST_SHOWN),
          "Put a blank in front of a prompt that begins so.");
      return;
    }
    switch (words[0]) {
      case "/new" -> beginAnew();
      case "/model" -> model(word);
      case "/show" -> show(word);
      case "/tools" -> tools();
      case "/host" -> sayHosts();
      case "/jobs" -> jobs.run(word);
      case "/audit" -> audit();
      case "/help" -> help();
      default -> unknown(words[0]);
    }
  }

  private void beginAnew() {
    agent.beginAnew();
    ui.say("A new conversation: the model knows nothing of the one before.");
    if (agent.order().setting().record().isPresent()) {
      ui.say("The recording will hold the new one alone.");
    }
  }

  private void model(String name) {
    if (agent.order().model() instanceof ModelChoice.Replayed) {
      ui.complain("no model is asked: the turns are recorded ones", "Leave --replay out.");
      return;
    }
    try {
      if (!name.isEmpty()) {
        agent.ask(name, home);
        agent.order().model().elsewhere().forEach(ui::say);
      }
      ui.say("The next prompt goes to " + agent.model().provider() + ":" + agent.model().name());
      if (name.isEmpty()) {
        ui.say(offered());
      }
    } catch (RemedyException e) {
      String meant = Nearest.question(name, known());
      ui.complain(
          e.getMessage() + (meant.isEmpty() ? "" : "; " + meant), e.remedy() + "\n" + offered());
    }
  }

  private String offered() {
    return "There are "
        + String.join(", ", known())
        + ", and provider:name for any other; models.yaml holds words for models.";
  }

  private Set<String> known() {
    try {
      return agent.names(home);
    } catch (RemedyException unreadable) {
      return Set.of(agent.model().provider() + ":" + agent.model().name());
    }
  }

  /// Shows a call with all of what its model got.
  private void show(String word) {
    int number = word.isEmpty() ? calls.size() : number(word);
    Optional<SessionCalls.Made> found = calls.number(number);
    if (found.isEmpty()) {
      ui.complain(
          word.isEmpty()
              ? "nothing was called yet"
              : "there is no call " + SafeText.quoted(word, MOST_SHOWN),
          calls.size() == 0 ? "Ask for something first." : "There are 1 to " + calls.size() + ".");
      return;
    }
    show(number, found.get());
  }

  private void show(int number, SessionCalls.Made made) {
    ToolCall call = made.call();
    String type =
        runtime.tools().stream()
            .filter(tool -> tool.name().equals(call.tool()))
            .findFirst()
            .map(Tool::type)
            .orElse("");
    List<String> edit = EditLines.of(type, call);
    ui.say(Style.CALL, number + " ▸ " + call.tool());
    EditLines.summary(type, call).lines().forEach(line -> ui.say(Style.CALL, "  " + line));
    edit.forEach(line -> ui.say(SessionView.styleOf(line), "  " + line));
    if (made.end().isEmpty()) {
      ui.say("Its output is not kept any more; the newest calls' is.");
      return;
    }
    SessionCalls.End end = made.end().get();
    end.result().text().lines().forEach(line -> ui.say(line.replace("\t", "    ")));
    ui.say(Style.QUIET, end.text());
  }

  private static int number(String word) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /// In a line.
  String host() {
    if (!agent.order().role().sandboxNames().isEmpty()) {
      return "tools act on " + runtime.place();
    }
    String backend = agent.order().role().sandbox().backend().name().toLowerCase(Locale.ROOT);
    return "tools act on "
        + runtime.place()
        + " (backend "
        + backend
        + "), in "
        + runtime.directory().orElse("the login directory");
  }

  private void sayHosts() {
    List<RoleHost> all = RoleHost.each(agent.order().role());
    if (all.size() == 1) {
      ui.say(host());
      return;
    }
    ui.say("tools act in several sandboxes, by default in " + all.getFirst().name() + ":");
    for (RoleHost each : all) {
      List<String> tools =
          runtime.at(each.sandbox().orElseThrow()).tools().stream().map(Tool::name).toList();
      ui.say("  " + SafeText.exact(each.description()));
      ui.say("    " + (tools.isEmpty() ? "no tools" : String.join(", ", tools)));
    }
  }

  private void tools() {
    if (runtime.tools().isEmpty()) {
      ui.say("This role has no tools.");
    }
    int width = runtime.tools().stream().mapToInt(tool -> tool.name().length()).max().orElse(0);
    for (Tool tool : runtime.tools()) {
      String first = SENTENCE_END.split(tool.description(), 2)[0].strip();
      ui.say(String.format(Locale.ROOT, "%-" + width + "s  %s", tool.name(), first + where(tool)));
    }
  }

  /// In which sandboxes a tool is; empty for a role with one, and for a tool that needs no host.
  private String where(Tool tool) {
    List<String> names =
        switch (tool) {
          case RunOnTool several -> several.sandboxes();
          case CopyTool copy -> copy.sandboxes();
          default ->
              agent.order().role().sandboxNames().stream()
                  .filter(name ->
                      runtime.at(name).tools().stream()
                          .anyMatch(each -> each.name().equals(tool.name()) && each.runsCommands()))
                  .toList();
        };
    return names.isEmpty() ? "" : " (in " + String.join(", ", names) + ")";
  }

  private void help() {
    ui.say("/new         a new conversation, over the same connection");
    ui.say("/model       which model is asked, and which there are");
    ui.say("/model NAME  asks another one, in the same conversation");
    ui.say("/show        the newest call with all of its output");
    ui.say("/show N      the same for call N");
    ui.say("/tools       what the model may call");
    ui.say("/host        where these run");
    ui.say("/jobs        the jobs on each host, those of others too");
    ui.say("             /jobs output ID shows the end of its output, /jobs stop ID stops it");
    ui.say("/audit       what was called in this session, and how it ended");
    ui.say("/quit        ends the session, as Ctrl-D does");
    ui.say("");
    ui.say("Ctrl-C stops what runs; while you type, it clears the line.");
    ui.say("A \\ at a line's end goes on in the next; pasted text may have several lines.");
    ui.say("A prompt that is to begin with / has a blank in front.");
  }

  private void unknown(String name) {
    String meant = Nearest.question(name, NAMES);
    ui.complain(
        "there is no " + name + (meant.isEmpty() ? "" : "; " + meant),
        "There are " + String.join(", ", NAMES) + ".");
  }

  private void audit() {
    Optional<Path> database = agent.order().setting().auditDatabase();
    if (database.isEmpty()) {
      ui.say("No audit log is kept (--no-audit).");
      return;
    }
    try {
      List<AuditQuery.Event> calls =
          new AuditQuery(
                  Optional.of("sandbox.exec"),
                  Optional.of(agent.order().role().metadata().name()),
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
    String sandbox = field("sandbox", row);
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
        "%s  %s%-10s %-14s %-22s %6.1f s  run %.8s",
        row.timestamp().replaceFirst(".*T(..:..:..).*", "$1"),
        sandbox.isEmpty() ? "" : String.format(Locale.ROOT, "%-10s ", sandbox),
        field("tool", row),
        field("argv0", row),
        how.replace('_', ' '),
        Long.parseLong(field("duration_ms", row)) / 1000.0,
        field("run", row));
  }

  private static String field(String name, AuditQuery.Event row) {
    Matcher field = Pattern.compile("(?:^| )" + name + "=(\\S*)").matcher(row.details());
    return field.find() ? field.group(1) : "";
  }
}
