package initrunner.cli.hosts;

import initrunner.cli.console.Console;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.console.TextOutput;
import initrunner.cli.console.WaitLine;
import initrunner.exec.Sink;
import initrunner.runtime.hosts.HostRound;
import initrunner.text.DurationText;
import initrunner.tool.hosts.CondensedAnswer;
import initrunner.tool.hosts.CondensedText;
import initrunner.tool.hosts.HostAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Shows what many hosts answer, in one form. For one thread, but for [#live].
final class HostsReport {

  private final Console console;
  private final HostsWish.Form form;
  private final RolesOnHosts roles;
  private final LiveOutput live;
  private final List<String> hosts;
  private final Map<String, String> again;
  private final List<HostAnswer> answers = new ArrayList<>();
  private final long since = System.nanoTime();

  /// Where the output cannot be written any more, this interrupts the thread that makes it, as
  /// Ctrl-C does.
  HostsReport(Console console, HostsWish.Form form, ReachedHosts reached, RolesOnHosts roles) {
    this.console = console;
    this.form = form;
    this.hosts = reached.names();
    this.again = reached.again();
    this.live = new LiveOutput(console, hosts, Thread.currentThread()::interrupt);
    this.roles = roles;
  }

  /// Takes the output of a host, on any thread.
  Sink live(String host) {
    return form == HostsWish.Form.LIVE ? live.of(host) : Sink.DISCARD;
  }

  /// Shows how far it is, until it is closed.
  WaitLine watching(HostRound round) {
    return console.waiting(() -> {
      HostRound.Counts counts = round.counts();
      return "%d of %d hosts done, %d running%s"
          .formatted(
              counts.done(),
              counts.hosts(),
              counts.running(),
              counts.failed() > 0 ? ", " + counts.failed() + " failed" : "");
    });
  }

  /// Shows the end of a host's call.
  void add(HostAnswer answer) {
    answers.add(answer);
    switch (form) {
      case LIVE -> {
        live.finish(answer.host());
        CondensedText.failure(answer).ifPresent(what -> live.note(answer.host(), "(" + what + ")"));
      }
      case JSON -> console.out().println(HostsJson.line(roles.on(answer.host()), answer));
      case CONDENSED, USUAL -> {}
    }
  }

  /// Shows what comes behind the last answer.
  ///
  /// @return on how many hosts the command succeeded
  int finish() {
    Map<String, Integer> places = new HashMap<>();
    hosts.forEach(host -> places.put(host, places.size()));
    answers.sort(Comparator.comparing(each -> places.getOrDefault(each.host(), hosts.size())));
    CondensedAnswer condensed = CondensedAnswer.of(answers);
    Duration took = Duration.ofMillis((System.nanoTime() - since) / 100_000_000 * 100);
    if (form == HostsWish.Form.JSON) {
      console.out().println(HostsJson.line(condensed, again));
      return condensed.succeeded();
    }
    if (console.outputFailure().isEmpty()) {
      show(condensed);
    }
    console
        .err()
        .println(CondensedText.counts(condensed) + " (" + DurationText.seconds(took) + " s)");
    return condensed.succeeded();
  }

  private void show(CondensedAnswer condensed) {
    boolean isLive = form == HostsWish.Form.LIVE;
    TextOutput of = isLive ? console.err() : console.out();
    Console.Output kind = isLive ? console.errorOutput() : console.output();
    show(CondensedText.answers(condensed), of, kind);
    console.out().flush();
    show(CondensedText.failures(condensed), console.err(), console.errorOutput());
  }

  private void show(List<CondensedText.Line> lines, TextOutput to, Console.Output kind) {
    boolean isTerminal = kind == Console.Output.TERMINAL;
    Screen screen = to.screen(TerminalLook.of(console));
    for (CondensedText.Line line : lines) {
      if (isTerminal) {
        screen.line(style(line.kind()), LiveOutput.spaced(line.text()));
      } else {
        to.printLines(line.text());
      }
    }
  }

  private static Style style(CondensedText.Kind kind) {
    return switch (kind) {
      case HEADING -> Style.HEADING;
      case FAILURE, REMOVED -> Style.BAD;
      case ADDED -> Style.GOOD;
      case NOTE -> Style.QUIET;
      case TEXT -> Style.PLAIN;
    };
  }
}
