package initrunner.model;

import initrunner.tool.Tool;
import java.nio.file.Path;
import java.util.List;
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
/// gets `call-1`, `call-2`, ….
public final class ReplayModel implements Model {

  private final Path file;
  private final List<Turn> turns;

  private ReplayModel(Path file, List<Turn> turns) {
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
    long said = conversation.stream().flatMap(Message::said).count();
    if (said >= turns.size()) {
      throw new ModelException(
          ModelException.Kind.REPLAY_ENDED,
          file + " has no turn after the " + turns.size() + " that were played",
          "Add a last turn that has only a text: it is the answer.");
    }
    Turn turn = turns.get((int) said);
    if (!turn.text().isEmpty()) {
      events.accept(new RunEvent.TextDelta(turn.text()));
    }
    return turn;
  }
}
