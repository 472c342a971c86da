package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.ScriptedModel;
import initrunner.agent.Toolbox;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.text.Redaction;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run's turns, recorded and replayed.
class RecordingModelTest {

  private static final Turn FIRST = new Turn("", List.of(), Turn.Finish.COMPLETE, Usage.NONE);
  private static final String SECRET = "ghp_" + "a".repeat(36);

  @TempDir private Path directory;
  private final List<ToolCall> made = new ArrayList<>();

  @Test
  void whatWasRecordedIsPlayedAgainWithTheToolsMadeAnew() throws Exception {
    Path file = directory.resolve("turns.json");
    AgentRun recorded;
    try (ScriptedModel server =
            ScriptedModel.of(
                ScriptedModel.calls(
                    ScriptedModel.shellCall("a", "echo \"one\"\n"),
                    new ScriptedModel.Call("b", "run_shell", "{\"command\": \"cut")),
                new ScriptedModel.Reply.Calls(
                    "Now the other – one.", List.of(ScriptedModel.shellCall("c", "two"))),
                ScriptedModel.text("Done."));
        Model model = new RecordingModel(open(server), file, Redaction::redact)) {
      recorded = run(model);
    }
    List<ToolCall> first = List.copyOf(made);
    made.clear();

    ReplayModel replay = ReplayModel.load(file);
    AgentRun replayed = run(replay);

    assertThat(replay.next(List.of(new Message.Assistant(FIRST)), List.of(), _ -> {}).text())
        .isEqualTo("Now the other – one.");
    assertThat(replayed.output()).isEqualTo(recorded.output()).isEqualTo("Done.");
    assertThat(replayed.toolNames()).isEqualTo(recorded.toolNames());
    assertThat(made).isEqualTo(first).hasSize(2);
  }

  @Test
  void aTurnWithoutTextAndArgumentsWithAKeyTwiceArePlayedAgain() throws Exception {
    Path file = directory.resolve("turns.json");
    AgentRun recorded;
    try (ScriptedModel server =
            ScriptedModel.of(
                ScriptedModel.calls(
                    new ScriptedModel.Call(
                        "a", "run_shell", "{\"command\": \"one\", \"command\": \"two\"}")),
                ScriptedModel.text(" "));
        Model model = new RecordingModel(open(server), file, Redaction::redact)) {
      recorded = run(model);
    }

    AgentRun replayed = run(ReplayModel.load(file));

    assertThat(recorded.failure()).isPresent();
    assertThat(replayed.failure()).isEqualTo(recorded.failure());
    assertThat(made).isEmpty();
  }

  @Test
  void secretsAreNotWrittenDownThoughTheToolGetsThem() throws Exception {
    Path file = directory.resolve("turns.json");
    try (ScriptedModel server =
            ScriptedModel.of(
                ScriptedModel.shell("login " + SECRET), ScriptedModel.text("It is " + SECRET));
        Model model = new RecordingModel(open(server), file, Redaction::redact)) {
      run(model);
    }

    assertThat(made.getFirst().arguments()).containsEntry("command", "login " + SECRET);
    assertThat(Files.readString(file)).doesNotContain(SECRET).contains("login [REDACTED]");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatWasSaidBeforeAFailureIsThere() throws Exception {
    Path file = directory.resolve("turns.json");
    try (ScriptedModel server =
            ScriptedModel.of(ScriptedModel.shell("one"), ScriptedModel.status(401, ""));
        Model model = new RecordingModel(open(server), file, Redaction::redact)) {
      run(model);
    }

    assertThat(Files.readString(file)).contains("one");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsToldBeforeAnybodyIsAsked() {
    ModelException fault =
        catchThrowableOfType(
            ModelException.class,
            () ->
                new RecordingModel(
                    new Unasked(), directory.resolve("missing/turns.json"), Redaction::redact));

    assertThat(fault.kind()).isEqualTo(ModelException.Kind.RECORDING_FAILED);
    assertThat(
            catchThrowableOfType(
                    ModelException.class,
                    () -> new RecordingModel(new Unasked(), directory, Redaction::redact))
                .kind())
        .isEqualTo(ModelException.Kind.RECORDING_FAILED);
  }

  @Test
  void aFileThatIsTriedOutIsNotLeftOpen() throws Exception {
    try (Model model =
        new RecordingModel(new Unasked(), directory.resolve("turns.json"), Redaction::redact)) {
      try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
        assertThat(open.map(RecordingModelTest::target).filter(file -> file.startsWith(directory)))
            .as("of %s", model)
            .isEmpty();
      }
    }
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException closedMeanwhile) {
      return descriptor;
    }
  }

  @Test
  void aTurnThatCannotBeWrittenLeavesNoOtherFile() throws Exception {
    Path file = directory.resolve("turns.json");
    try (ScriptedModel server = ScriptedModel.of(ScriptedModel.text("Done."));
        Model model = new RecordingModel(open(server), file, Redaction::redact)) {
      Files.createDirectories(file.resolve("full"));

      assertThat(run(model).failure().orElseThrow().message()).contains("cannot be recorded in");
    }

    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void anInterruptDoesNotKeepATurnFromBeingWritten() throws Exception {
    Path file = directory.resolve("turns.json");
    Turn turn = new Turn("Done.", List.of(), Turn.Finish.COMPLETE, Usage.NONE);
    try (Model model = new RecordingModel(new Interrupted(turn), file, Redaction::redact)) {
      Turn said = model.next(List.of(), List.of(), _ -> {});

      assertThat(Thread.interrupted()).isTrue();
      assertThat(said).isEqualTo(turn);
      assertThat(Files.readString(file)).contains("Done.");
    }
  }

  /// Ctrl-C arrives during its answer.
  private record Interrupted(Turn turn) implements Model {

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "none";
    }

    @Override
    public Turn next(
        List<Message> conversation,
        List<initrunner.tool.Tool> tools,
        java.util.function.Consumer<RunEvent> events) {
      Thread.currentThread().interrupt();
      return turn;
    }
  }

  private AgentRun run(Model model) {
    Toolbox tools =
        new Toolbox(
            List.of(),
            call -> {
              synchronized (made) {
                made.add(call);
              }
              return new ToolResult(call.id(), "ok", ToolResult.Status.SUCCEEDED);
            });
    return new AgentLoop(model, "Be brief.", tools, Guardrails.DEFAULT).run("Go.", _ -> {});
  }

  private static Model open(ScriptedModel server) {
    return TestModels.open(
        TestModels.settings("openai", "gpt", Optional.empty(), Optional.empty(), 0.1, 4096),
        Execution.DEFAULT,
        Map.copyOf(server.environment()),
        Models.Delivery.WHOLE);
  }

  private record Unasked() implements Model {

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "none";
    }

    @Override
    public Turn next(
        List<Message> conversation,
        List<initrunner.tool.Tool> tools,
        java.util.function.Consumer<RunEvent> events) {
      throw new AssertionError("no model may be asked");
    }
  }
}
