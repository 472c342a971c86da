package initrunner.cli.demo;

import initrunner.agent.AgentRun;
import initrunner.audit.AuditQuery;
import initrunner.cli.console.Console;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.model.RunEvent;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Prints a demo in 80 columns: plain text, with colours if a person watches. Takes one event at a
/// time.
final class DemoView implements Consumer<RunEvent> {

  private static final int COLUMNS = 80;
  private static final String INDENT = "      ";

  private final Screen out;
  private final long begin = System.nanoTime();
  private final List<String> started = new ArrayList<>();
  private String place = "";

  DemoView(Console console) {
    boolean coloured =
        console.output() == Console.Output.TERMINAL && console.variable("NO_COLOR").isEmpty();
    out = console.out().screen(new TerminalLook(() -> COLUMNS, coloured, false));
  }

  /// Explains which parts are real.
  void introduce(int port, Path ssh, Path directory) {
    out.line(Style.HEADING, "An agent's commands run on another host, over ssh");
    out.endLine();
    fact(
        "host",
        "an SSH server started just now on 127.0.0.1:"
            + port
            + ". It is this same machine and this same user: nothing is isolated here.");
    fact("model", "a script of recorded turns. No provider is asked, no key is needed.");
    fact("commands", "really run, over a connection that " + ssh + " makes.");
    fact("files", "keys, ssh configuration and audit log are in " + directory);
    fact("", "Your ~/.ssh and your ssh-agent are not used.");
    out.endLine();
  }

  private void fact(String name, String text) {
    String label = String.format(Locale.ROOT, "  %-8s  ", name);
    for (String line : wrapped(text, " ".repeat(label.length()), 0)) {
      out.line(
          new Screen.Span(Style.QUIET, label), Screen.Span.plain(line.substring(label.length())));
      label = " ".repeat(label.length());
    }
  }

  void connected(String host, String prompt) {
    place = host;
    out.line(
        Style.PLAIN, "Connected to " + host + " in " + seconds(System.nanoTime() - begin) + ".");
    out.line(Style.PLAIN, "Asked: " + prompt);
  }

  @Override
  public void accept(RunEvent event) {
    switch (event) {
      case RunEvent.TextDelta(String text) -> {
        out.endLine();
        wrapped(text, "", 0).forEach(line -> out.line(Style.HEADING, line));
      }
      case RunEvent.TurnEnded() -> {}
      case RunEvent.ToolStarted(ToolCall call) -> started(call);
      case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration duration) ->
          ended(call, result, duration);
      case RunEvent.Notice notice -> out.line(Style.PLAIN, notice.text());
    }
  }

  private void started(ToolCall call) {
    started.add(call.id());
    Object command = call.arguments().getOrDefault("command", "");
    out.line(Style.PLAIN, number(call) + "▸ " + command);
  }

  private void ended(ToolCall call, ToolResult result, Duration duration) {
    boolean good = result.status() == ToolResult.Status.SUCCEEDED;
    out.line(
        Screen.Span.plain(number(call)),
        new Screen.Span(good ? Style.GOOD : Style.BAD, (good ? "✓ " : "✗ ") + end(result.status())),
        Screen.Span.plain(", " + seconds(duration.toNanos())));
    result
        .text()
        .lines()
        .filter(line -> !line.equals("STDOUT:") && !line.equals("STDERR:"))
        .flatMap(line -> wrapped(SafeText.oneLine(line), INDENT, 2).stream())
        .forEach(line -> out.line(Style.QUIET, line));
  }

  private String end(ToolResult.Status status) {
    return switch (status) {
      case SUCCEEDED -> "succeeded on " + place;
      case FAILED -> "failed on " + place;
      case TIMED_OUT -> "timed out on " + place;
      case CANCELLED -> "cancelled on " + place;
      case LOST -> "lost on " + place;
      case REFUSED, DENIED, INVALID -> "refused, nothing was sent";
      case NOT_STARTED -> "not started, nothing was sent";
    };
  }

  private String number(ToolCall call) {
    return String.format(Locale.ROOT, "%4d ", started.indexOf(call.id()) + 1);
  }

  /// Shows the audit log.
  ///
  /// @param newestFirst in the query's order
  void record(List<AuditQuery.Event> newestFirst) {
    List<AuditQuery.Event> ends =
        newestFirst.reversed().stream()
            .filter(row -> row.eventType().equals("sandbox.exec"))
            .toList();
    out.endLine();
    out.line(Style.HEADING, "The audit log: " + newestFirst.size() + " rows in SQLite");
    out.line(
        Style.PLAIN, "sandbox.start before anything is sent, sandbox.exec after each call's end:");
    for (AuditQuery.Event row : ends) {
      String time = row.timestamp().replaceFirst(".*T(..:..:..).*", "$1");
      List<String> parts = List.of(row.details().split(" (?=ended=)", 2));
      wrapped(time + " " + parts.getFirst(), "  ", 9).forEach(line -> out.line(Style.PLAIN, line));
      parts.stream()
          .skip(1)
          .flatMap(part -> wrapped(part, " ".repeat(11), 0).stream())
          .forEach(line -> out.line(Style.QUIET, line));
    }
  }

  void failed(AgentRun.Failure failure) {
    out.endLine();
    wrapped(failure.message(), "", 0).forEach(line -> out.line(Style.BAD, line));
    if (failure.kind() != AgentRun.Failure.Kind.CANCELLED) {
      out.line(Style.PLAIN, failure.remedy());
    }
  }

  /// Printed after the clean-up.
  void end() {
    out.endLine();
    out.line(
        Style.PLAIN,
        "Server, connection and files are gone again; all took "
            + seconds(System.nanoTime() - begin)
            + ".");
  }

  void next() {
    out.line(Style.PLAIN, "With a host of yours:  initrunner exec --host HOST -- uname -a");
  }

  /// Breaks at blanks, so that it fits; further lines begin with `hang` more blanks.
  private static List<String> wrapped(String text, String indent, int hang) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    String before = indent;
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && before.length() + line.length() + 1 + word.length() > COLUMNS) {
        lines.add(before + line);
        line.setLength(0);
        before = indent + " ".repeat(hang);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(before + line);
    return lines;
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
