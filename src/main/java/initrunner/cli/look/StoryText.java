package initrunner.cli.look;

import initrunner.audit.story.CallText;
import initrunner.audit.story.Outcome;
import initrunner.audit.story.RunStory;
import initrunner.audit.story.RunStory.Called;
import initrunner.audit.story.RunSummary;
import initrunner.audit.story.StoredCall;
import initrunner.audit.story.StoredTransfer;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.text.SafeText;
import initrunner.text.Words;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Prints the story of a run for a person. Every text of it is bounded. For one thread.
final class StoryText {

  private static final int MOST_PLACES = 4;
  private static final int MOST_LINES = 60;
  private static final int MOST_CHARACTERS = 6000;
  private static final int MOST_OF_ARGUMENTS = 2000;

  /// Tools of which the audit log holds no output, even with the role's consent.
  private static final Set<String> OUTPUT_NEVER_KEPT = Set.of("facts", "transfer", "jobs");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Screen screen;

  /// What the model said last.
  private String said = "";

  StoryText(Screen screen) {
    this.screen = screen;
  }

  /// Where calls are made: the host, or this machine and what contains them there.
  static String place(RunSummary.Place place) {
    String machine =
        place
            .host()
            .orElse(
                place.backend().equals("none") || place.backend().isEmpty()
                    ? "this machine"
                    : "this machine (" + place.backend() + ")");
    return place.sandbox().map(name -> name + " (" + machine + ")").orElse(machine);
  }

  /// All places of a run, as far as a line has room.
  static String places(RunSummary run) {
    List<RunSummary.Place> all = run.places();
    long more = Math.max(0, all.size() - MOST_PLACES);
    return all.stream().limit(MOST_PLACES).map(StoryText::place).collect(Collectors.joining(", "))
        + (more == 0 ? "" : " and " + more + " more");
  }

  static String time(Instant time) {
    return TIME.format(time);
  }

  void print(RunStory story) {
    RunSummary run = story.summary();
    head(run);
    if (story.left() > 0) {
      screen.line();
      screen.line(
          Style.QUIET,
          "… "
              + Words.counted(story.left(), "older event")
              + " left out here; --calls all shows all");
    }
    story.entries().forEach(this::entry);
    hints(story).forEach(hint -> screen.line(Style.QUIET, hint));
  }

  private void head(RunSummary run) {
    screen.line(
        new Span(Style.HEADING, "Run " + exact(run.runId())),
        Span.plain("  " + exact(run.agent())),
        Span.plain(run.places().isEmpty() ? "" : " on " + exact(places(run))),
        Span.plain(", asked by " + exact(asker(run.asker()))));
    screen.line(
        Span.plain(
            "began "
                + DATE.format(run.begin())
                + " UTC, took "
                + Amounts.time(run.duration())
                + ", "),
        new Span(RunsCommand.style(run.outcome()), exact(run.outcome().text())));
    run.spent()
        .model()
        .ifPresent(model ->
            screen.line(
                Span.plain(
                    "model "
                        + exact(model)
                        + ": "
                        + run.spent().tokensIn()
                        + " tokens in, "
                        + run.spent().tokensOut()
                        + " out, "
                        + run.spent()
                            .dollars()
                            .map(_ -> Amounts.cost(run.spent()))
                            .orElse("cost unknown"))));
  }

  static String asker(RunSummary.Asker asker) {
    return asker.door() + asker.client().map(client -> " for " + client).orElse("");
  }

  private void entry(RunStory.Entry entry) {
    screen.line();
    switch (entry) {
      case RunStory.Prompt prompt -> {
        title(prompt.time(), "Prompt");
        block(prompt.text());
      }
      case RunStory.Resumed resumed -> {
        title(resumed.time(), "Went on after a person's answer");
        block(resumed.decisions());
      }
      case RunStory.Said text -> {
        title(text.time(), "The model said (its beginning)");
        block(text.first());
        said = text.first().strip();
      }
      case Called called -> call(called);
      case RunStory.Transferred transferred -> transfer(transferred.transfer());
      case RunStory.Noticed noticed -> {
        title(noticed.time(), exact(noticed.kind().replace('_', ' ')));
        block(noticed.text());
      }
      case RunStory.Ended ended -> {
        screen.line(
            new Span(Style.QUIET, time(ended.time()) + "  "),
            new Span(RunsCommand.style(ended.outcome()), exact(ended.outcome().text())));
        boolean isTold =
            ended.outcome().kind() == Outcome.Kind.PAUSED && ended.answer().strip().equals(said);
        block(isTold ? "" : ended.answer());
      }
    }
  }

  private void title(Instant time, String text) {
    screen.line(new Span(Style.QUIET, time(time) + "  "), new Span(Style.HEADING, text));
  }

  private void call(Called called) {
    StoredCall call = called.call();
    screen.line(
        new Span(Style.QUIET, time(call.begin()) + "  "),
        new Span(Style.CALL, exact(what(call))),
        Span.plain(" on " + exact(place(call.place())) + ": "),
        new Span(call.isSuccess() ? Style.GOOD : Style.BAD, exact(CallText.end(call))),
        Span.plain(call.end().map(end -> " after " + Amounts.time(end.duration())).orElse("")));
    call.what()
        .arguments()
        .ifPresent(arguments ->
            screen.line(
                Style.PLAIN,
                "          arguments " + SafeText.cut(exact(arguments), MOST_OF_ARGUMENTS)));
    CallText.proof(call).ifPresent(proof -> screen.line(Style.BAD, "          " + proof));
    call.decision().ifPresent(decision -> screen.line(Style.PLAIN, "          " + told(decision)));
    call.end().ifPresent(end -> output(end.output(), called.preview()));
  }

  /// What was called: by its function, or a person's own command.
  static String what(StoredCall call) {
    return call.what().isOfInitRunner()
        ? "a question about the host"
        : call.what().function().orElse(call.what().program());
  }

  private static String told(StoredCall.Decision decision) {
    return exact(
        decision.word()
            + (decision.by().isEmpty() ? "" : " by " + decision.by())
            + (decision.means().isEmpty() ? "" : " (" + decision.means() + ")")
            + decision.at().map(at -> " at " + time(at)).orElse(""));
  }

  private void output(StoredCall.Output output, Optional<String> preview) {
    output
        .bytes()
        .ifPresent(bytes -> screen.line(Style.PLAIN, "          output " + bytes + " bytes"));
    if (output.first().isPresent()) {
      output.first().ifPresent(this::block);
      output.last().ifPresent(last -> end(output, last));
    } else {
      preview.ifPresent(this::block);
    }
  }

  private void transfer(StoredTransfer transfer) {
    screen.line(
        new Span(Style.QUIET, time(transfer.end().minus(transfer.duration())) + "  "),
        new Span(Style.CALL, exact(transfer.direction())),
        Span.plain(" of files, " + exact(place(transfer.place()) + ":" + transfer.root()) + ": "),
        new Span(
            transfer.ended().equals("complete") ? Style.GOOD : Style.BAD,
            exact(
                transfer.ended()
                    + transfer.reason().map(why -> " (" + why.replace('_', ' ') + ")").orElse(""))),
        Span.plain(" after " + Amounts.time(transfer.duration())));
    transfer
        .files()
        .ifPresent(files ->
            screen.line(
                Style.PLAIN,
                "          "
                    + Words.counted(files, "file")
                    + ", "
                    + transfer.bytes().map(Amounts::count).orElse("?")
                    + " bytes"));
  }

  /// Several lines, indented.
  private void block(String text) {
    if (text.isBlank()) {
      return;
    }
    String shown = SafeText.cut(text.strip(), MOST_CHARACTERS);
    List<String> lines = shown.lines().toList();
    lines.stream().limit(MOST_LINES).forEach(line -> screen.line(Style.PLAIN, "          " + line));
    if (lines.size() > MOST_LINES || shown.length() < text.strip().length()) {
      screen.line(Style.QUIET, "          … more of it is recorded; --json has that, too");
    }
  }

  /// The last lines of what the record holds of an output's end.
  private void end(StoredCall.Output output, String last) {
    List<String> lines = last.strip().lines().toList();
    long recorded =
        Stream.of(output.first().orElse(""), last)
            .mapToLong(part -> part.getBytes(StandardCharsets.UTF_8).length)
            .sum();
    screen.line(
        Style.QUIET,
        output.bytes().orElse(0L) > recorded
            ? "          … the record has both ends, not what is between; its last lines:"
            : "          … its last lines:");
    int left = Math.max(0, lines.size() - MOST_LINES);
    if (left > 0) {
      screen.line(
          Style.QUIET,
          "          … "
              + Words.counted(left, "recorded line")
              + " left out here; --json has them");
    }
    lines.stream().skip(left).forEach(line -> screen.line(Style.PLAIN, "          " + line));
  }

  /// What the record does not have, and what would keep it.
  private static List<String> hints(RunStory story) {
    List<StoredCall> calls =
        story.entries().stream()
            .filter(Called.class::isInstance)
            .map(entry -> ((Called) entry).call())
            .filter(call -> call.what().function().isPresent())
            .toList();
    List<String> hints = new ArrayList<>();
    if (!calls.isEmpty() && calls.stream().allMatch(call -> call.what().arguments().isEmpty())) {
      hints.add("The role keeps no arguments; security.audit: {arguments: true} keeps them.");
    }
    List<StoredCall.Output> outputs =
        calls.stream().filter(StoryText::isOutputKept).flatMap(StoryText::printed).toList();
    if (!outputs.isEmpty() && outputs.stream().allMatch(output -> output.first().isEmpty())) {
      hints.add("The role keeps no output; security.audit: {output: true} keeps both its ends.");
    }
    if (!hints.isEmpty()) {
      hints.addFirst("");
    }
    return hints;
  }

  /// Whether a role that keeps output has that of such a call.
  private static boolean isOutputKept(StoredCall call) {
    boolean isAnswerToModel = call.what().function().equals(Optional.of("job_output"));
    return !call.what().function().equals(Optional.of("open_terminal"))
        && (isAnswerToModel || call.what().tool().stream().noneMatch(OUTPUT_NEVER_KEPT::contains));
  }

  /// What it printed, if that is anything.
  private static Stream<StoredCall.Output> printed(StoredCall call) {
    return call.end().map(StoredCall.End::output).stream()
        .filter(output -> output.bytes().orElse(0L) > 0);
  }

  private static String exact(String text) {
    return SafeText.exact(text);
  }
}
