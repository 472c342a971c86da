package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.AgentLoop;
import initrunner.agent.AgentRun;
import initrunner.agent.Toolbox;
import initrunner.role.Guardrails;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReplayModelTest {

  @TempDir Path directory;

  private final List<ToolCall> made = new CopyOnWriteArrayList<>();

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("replay.json"), content);
  }

  private AgentRun run(Path file) {
    Toolbox tools =
        new Toolbox(
            List.of(),
            call -> {
              made.add(call);
              return new ToolResult(call.id(), "done", ToolResult.Status.SUCCEEDED);
            });
    return new AgentLoop(ReplayModel.load(file), "", tools, Guardrails.DEFAULT)
        .run("anything", event -> {});
  }

  private String faultOf(String content) throws IOException {
    Path file = file(content);
    ModelException fault = catchThrowableOfType(ModelException.class, () -> ReplayModel.load(file));
    assertThat(fault.kind()).isEqualTo(ModelException.Kind.REPLAY_INVALID);
    return fault.getMessage().replace(file.toString(), "FILE");
  }

  @Test
  void turnsAreSaidInTheirOrderAndTheLastTextIsTheAnswer() throws IOException {
    AgentRun run =
        run(
            file(
                """
                [{"text": "Let me look.",
                  "tool_calls": [{"name": "run_shell", "arguments": {"command": "uname -n"}}]},
                 {"tool_calls": [{"id": "own", "name": "run_shell", "arguments": {}}]},
                 {"text": "It is there."}]
                """));
    assertThat(run.failure()).isEmpty();
    assertThat(run.output()).isEqualTo("It is there.");
    assertThat(made)
        .containsExactly(
            new ToolCall("call-1", "run_shell", Map.of("command", "uname -n")),
            new ToolCall("own", "run_shell", Map.of()));
  }

  @Test
  void aCallThatEndsInAnotherWayThanRecordedFailsTheRun() throws IOException {
    AgentRun run =
        run(
            file(
                """
                [{"tool_calls": [{"name": "edit_file", "arguments": {}, "ended": "succeeded"},
                                 {"name": "run_shell", "arguments": {}, "ended": "failed"},
                                 {"name": "run_shell", "arguments": {}}]},
                 {"text": "It is done."}]
                """));
    assertThat(run.output()).isNotEqualTo("It is done.");
    assertThat(run.failure().orElseThrow().message())
        .contains("run_shell (turn 1): recorded failed, now succeeded: done")
        .doesNotContain("edit_file");
  }

  @Test
  void howACallEndedIsAKnownWord() throws IOException {
    assertThat(
            faultOf(
                """
                [{"tool_calls": [{"name": "a", "ended": "well"}]}]
                """))
        .contains("ended is \"well\"")
        .contains("succeeded, failed, timed_out");
  }

  @Test
  void aRecordedRunSaysHowItsCallsEnded() throws IOException {
    Path recorded = directory.resolve("recorded.json");
    Path turns =
        file(
            """
            [{"tool_calls": [{"name": "run_shell", "arguments": {}}]}, {"text": "Done."}]
            """);
    Toolbox tools =
        new Toolbox(List.of(), call -> new ToolResult(call.id(), "1", ToolResult.Status.TIMED_OUT));
    new AgentLoop(
            new RecordingModel(ReplayModel.load(turns), recorded, text -> text),
            "",
            tools,
            Guardrails.DEFAULT)
        .run("anything", event -> {});

    assertThat(recorded).content().contains("\"ended\" : \"timed_out\"");
    assertThat(run(recorded).failure().orElseThrow().message())
        .contains("recorded timed_out, now succeeded");
  }

  @Test
  void callsOfATurnWithOneIdHaveTwo() throws IOException {
    AgentRun run =
        run(
            file(
                """
                [{"tool_calls": [{"id": "a", "name": "run_shell", "arguments": {"command": "one"}},
                                 {"id": "a", "name": "run_shell", "arguments": {"command": "two"}},
                                 {"name": "run_shell", "arguments": {}},
                                 {"id": "call-3", "name": "run_shell", "arguments": {}},
                                 {"id": "", "name": "run_shell", "arguments": {}}]},
                 {"text": "Both."}]
                """));
    assertThat(run.failure()).isEmpty();
    assertThat(made)
        .extracting(ToolCall::id)
        .containsExactlyInAnyOrder("a", "a-2", "call-3", "call-3-4", "call-5");
    assertThat(made)
        .contains(
            new ToolCall("a", "run_shell", Map.of("command", "one")),
            new ToolCall("a-2", "run_shell", Map.of("command", "two")));
  }

  @Test
  void argumentsThatAreAStringArePassedOnAsTheyAre() throws IOException {
    AgentRun run =
        run(
            file(
                """
                [{"tool_calls": [{"name": "run_shell", "arguments": "{\\"command\\": \\"id\\"}"}]},
                 {"text": "ok"}]
                """));
    assertThat(run.failure()).isEmpty();
    assertThat(made).containsExactly(new ToolCall("call-1", "run_shell", Map.of("command", "id")));
  }

  @Test
  void aReplayThatEndsWithCallsEndsTheRunWithTheNextStep() throws IOException {
    AgentRun run = run(file("[{\"tool_calls\": [{\"name\": \"run_shell\"}]}]"));
    assertThat(run.failure())
        .hasValueSatisfying(failure -> {
          assertThat(failure.message()).endsWith("has no turn after the 1 that were played");
          assertThat(failure.remedy()).contains("Add a last turn");
        });
  }

  @Test
  void allFaultsAreToldWithTheirPlace() throws IOException {
    assertThat(
            faultOf(
                """
                [
                  {"text": 7},
                  {"txt": "hello", "tool_calls": {}},
                  "hello"
                ]
                """))
        .isEqualTo(
            """
            FILE:2:12: text must be a string
            FILE:3:11: unknown key 'txt'; allowed is text, tool_calls
            FILE:3:34: tool_calls must be a list of tool calls
            FILE:4:3: a turn must be an object with text, tool_calls or both\
            """);
  }

  @Test
  void whatACallMayHaveIsToldWhereItHasSomethingElse() throws IOException {
    assertThat(faultOf("[{\"tool_calls\": [{\"name\": \"run_shell\", \"args\": {\"a\": 1}}]}]"))
        .isEqualTo("FILE:1:48: unknown key 'args'; allowed is id, name, arguments, ended");
  }

  @Test
  void itIsNamedAfterItsFileAndShowsWhatItSays() throws Exception {
    ReplayModel model =
        ReplayModel.load(
            file("[{\"tool_calls\": [{\"name\": \"run_shell\"}]}, {\"text\": \"Hi.\"}]"));
    List<RunEvent> shown = new ArrayList<>();

    Turn first = model.next(List.of(), List.of(), shown::add);
    assertThat(shown).isEmpty();
    model.next(List.of(new Message.Assistant(first)), List.of(), shown::add);
    assertThat(shown).containsExactly(new RunEvent.TextDelta("Hi."));
    assertThat(model.provider() + ":" + model.name()).isEqualTo("replay:replay.json");
  }

  @Test
  @Timeout(60)
  void aPipeIsNoReplay() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(catchThrowableOfType(ModelException.class, () -> ReplayModel.load(pipe)))
        .hasMessageContaining(pipe + ": is not a regular file");
  }

  @Test
  void anEmptyTurnAndACallWithoutANameAreFaults() throws IOException {
    assertThat(faultOf("[{}]")).isEqualTo("FILE:1:2: a turn has neither text nor tool_calls");
    assertThat(faultOf("[{\"tool_calls\": [{}]}]")).isEqualTo("FILE:1:18: a tool call has no name");
    assertThat(faultOf("[]")).isEqualTo("FILE:1:2: the list holds no turn");
  }

  @Test
  void whatIsNotJsonIsToldAsSuch() throws IOException {
    assertThat(faultOf("[{\"text\": \"cut")).startsWith("FILE:1:");
    assertThat(faultOf("")).isEqualTo("FILE:1:1: the file must be a list of turns");
    assertThat(faultOf("[{\"text\": \"a\", \"text\": \"b\"}]")).contains("Duplicate");
    assertThat(faultOf("[{\"text\": \"a\"}] 1")).contains("something follows");
  }

  @Test
  void aMissingFileIsToldAsSuch() {
    Path missing = directory.resolve("missing.json");
    assertThat(catchThrowableOfType(ModelException.class, () -> ReplayModel.load(missing)))
        .hasMessage(missing + ": there is no such file");
  }
}
