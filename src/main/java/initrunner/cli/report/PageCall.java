package initrunner.cli.report;

import initrunner.audit.story.CallText;
import initrunner.audit.story.RunSummary;
import initrunner.audit.story.RunSummary.Asker;
import initrunner.audit.story.RunSummary.Place;
import initrunner.audit.story.StoredCall;
import initrunner.audit.story.StoredTransfer;
import initrunner.text.SafeText;
import initrunner.text.Timestamps;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A call or a transfer as the page has it; all texts are safe and bounded. Immutable.
///
/// @param timeMillis when it began, since 1970
/// @param sandbox its name, where the role has several; else empty
/// @param what the function that a model called, else the program
/// @param output its beginning and end, where they are recorded
/// @param more names and values, each pair on a line
/// @param tookMillis -1 where that is not known
/// @param bytes printed or moved; -1 where that is not known
record PageCall(
    long timeMillis,
    Ending ending,
    String ended,
    String host,
    String sandbox,
    String agent,
    String asker,
    String run,
    String what,
    String program,
    String arguments,
    String output,
    String more,
    long tookMillis,
    long bytes) {

  private static final int MOST_PLACES = 4;

  static PageCall of(StoredCall call) {
    StoredCall.What what = call.what();
    Optional<StoredCall.End> end = call.end();
    return new PageCall(
        call.begin().toEpochMilli(),
        Ending.of(call),
        ShownText.name(CallText.end(call)),
        host(call.place()),
        sandbox(call.place()),
        ShownText.name(call.agent()),
        asker(call.asker()),
        ShownText.name(call.runId()),
        ShownText.name(what.function().orElse(what.program())),
        ShownText.name(what.program()),
        what.arguments().map(ShownText::line).orElse(""),
        end.map(StoredCall.End::output).map(PageCall::output).orElse(""),
        more(call),
        end.map(each -> each.duration().toMillis()).orElse(-1L),
        end.flatMap(each -> each.output().bytes()).orElse(-1L));
  }

  private static String output(StoredCall.Output output) {
    return ShownText.lines(
        output.first().orElse("") + output.last().map(last -> "\n…\n" + last).orElse(""));
  }

  private static String more(StoredCall call) {
    return new ShownText.Pairs()
        .with("Proof", CallText.proof(call))
        .with("Approval", call.decision().map(PageCall::decision))
        .with("Backend", Optional.of(call.place().backend()))
        .with("Tool", call.what().tool())
        .text();
  }

  private static String decision(StoredCall.Decision decision) {
    return decision.word()
        + " by "
        + decision.by()
        + " ("
        + decision.means()
        + ")"
        + decision.at().map(time -> ", " + Timestamps.format(time)).orElse("");
  }

  static PageCall of(StoredTransfer transfer) {
    return new PageCall(
        transfer.end().minus(transfer.duration()).toEpochMilli(),
        Ending.of(transfer),
        ShownText.name(
            transfer.ended() + transfer.reason().map(why -> " (" + why + ")").orElse("")),
        host(transfer.place()),
        sandbox(transfer.place()),
        ShownText.name(transfer.agent()),
        asker(transfer.asker()),
        ShownText.name(transfer.runId()),
        "transfer of files",
        ShownText.name(transfer.direction()),
        ShownText.line(transfer.root()),
        "",
        new ShownText.Pairs()
            .with("Files", transfer.files().map(String::valueOf))
            .with("Backend", Optional.of(transfer.place().backend()))
            .text(),
        transfer.duration().toMillis(),
        transfer.bytes().orElse(-1L));
  }

  static String places(RunSummary run) {
    List<String> places = run.places().stream().map(PageCall::place).distinct().toList();
    return places.stream().limit(MOST_PLACES).collect(Collectors.joining(", "))
        + (places.size() > MOST_PLACES ? ", …" : "");
  }

  private static String place(Place place) {
    return place.sandbox().isEmpty() ? host(place) : sandbox(place) + " (" + host(place) + ")";
  }

  private static String sandbox(Place place) {
    return place.sandbox().map(ShownText::name).orElse("");
  }

  private static String host(Place place) {
    return place.host().map(ShownText::name).orElse("this machine");
  }

  static String asker(Asker asker) {
    return ShownText.name(asker.door() + asker.client().map(client -> " for " + client).orElse(""));
  }

  /// The same with less of its longest texts.
  PageCall shortened(int mostCharacters) {
    return new PageCall(
        timeMillis,
        ending,
        ended,
        host,
        sandbox,
        agent,
        asker,
        run,
        what,
        program,
        SafeText.cut(arguments, mostCharacters),
        "",
        more,
        tookMillis,
        bytes);
  }

  /// The same with texts that others have too.
  PageCall sharing(UnaryOperator<String> shared) {
    return new PageCall(
        timeMillis,
        ending,
        shared.apply(ended),
        shared.apply(host),
        shared.apply(sandbox),
        shared.apply(agent),
        shared.apply(asker),
        shared.apply(run),
        shared.apply(what),
        shared.apply(program),
        arguments,
        output,
        shared.apply(more),
        tookMillis,
        bytes);
  }

  /// How many characters of its own it has, about.
  int size() {
    return arguments.length() + output.length();
  }
}
