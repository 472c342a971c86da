package initrunner.model;

import initrunner.text.SafeText;
import initrunner.tool.Tool;
import initrunner.tool.ToolResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Plays recorded turns in their order, with every prompt and every result of a tool: a run without
/// a provider, the same each time. Immutable and safe for many threads; each conversation starts at
/// the first turn.
///
/// The file is a JSON list of turns:
///
/// ```json
/// [
///   {"text": "Let me look.",
///    "tool_calls": [{"name": "run_shell", "arguments": {"command": "uname -n"}}]},
///   {"text": "It is a Linux machine."}
/// ]
/// ```
///
/// A turn has a `text`, `tool_calls`, or both. The calls of one turn run at the same time.
/// `arguments` are a JSON object, or a string that is passed on as it is. A call without an `id`
/// gets `call-1`, `call-2`, …. A call may say how it `ended` when it was recorded
/// ([ToolResult.Status#word]): the run fails if it ends in another way now.
public final class ReplayModel implements Model {

  private final Path file;
  private final List<ReplayReader.Recorded> turns;

  private ReplayModel(Path file, List<ReplayReader.Recorded> turns) {
    this.file = file;
    this.turns = List.copyOf(turns);
  }

  /// Reads the turns. Blocks while the file is read.
  ///
  /// @throws ModelException if the file cannot be read or is not a list of turns, with all faults
  public static ReplayModel load(Path file) {
    return new ReplayModel(file.toAbsolutePath(), ReplayReader.read(file));
  }

  /// Absolute.
  public Path file() {
    return file;
  }

  @Override
  public String provider() {
    return "replay";
  }

  /// The file's name.
  @Override
  public String name() {
    return file.getFileName().toString();
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events) {
    int said = (int) conversation.stream().flatMap(Message::said).count();
    requireSameEnd(said - 1, conversation);
    if (said >= turns.size()) {
      throw new ModelException(
          ModelException.Kind.REPLAY_ENDED,
          file + " has no turn after the " + turns.size() + " that were played",
          "Add a last turn that has only a text: it is the answer.");
    }
    Turn turn = turns.get(said).turn();
    if (!turn.text().isEmpty()) {
      events.accept(new RunEvent.TextDelta(turn.text()));
    }
    return turn;
  }

  /// The calls of the turn before must have ended as they did when they were recorded.
  private void requireSameEnd(int turn, List<Message> conversation) {
    if (turn < 0 || turn >= turns.size()) {
      return;
    }
    CallEndings endings = new CallEndings(conversation);
    ReplayReader.Recorded recorded = turns.get(turn);
    List<String> differences = new ArrayList<>();
    for (ToolRequest request : recorded.turn().requests()) {
      Optional<ToolResult.Status> before = Optional.ofNullable(recorded.ended().get(request.id()));
      Optional<ToolResult.Status> now = endings.of(turn, request);
      if (before.isPresent() && now.isPresent() && !before.equals(now)) {
        differences.add(
            "%s (turn %d): recorded %s, now %s: %s"
                .formatted(
                    request.tool(),
                    turn + 1,
                    before.get().word(),
                    now.get().word(),
                    answer(conversation, request)));
      }
    }
    if (!differences.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.REPLAY_DIFFERS,
          "the calls did not end as they did when "
              + file
              + " was recorded: "
              + String.join("; ", differences),
          "If that is right now, record the run again, or remove `ended` from these calls.");
    }
  }

  /// The first line of the newest answer to a call, which says why it ended so.
  private static String answer(List<Message> conversation, ToolRequest request) {
    String text = "";
    for (Message message : conversation) {
      if (message instanceof Message.ToolAnswer(ToolRequest answered, String said, _)
          && answered.id().equals(request.id())) {
        text = said;
      }
    }
    return SafeText.said(text.lines().findFirst().orElse(""));
  }
}
