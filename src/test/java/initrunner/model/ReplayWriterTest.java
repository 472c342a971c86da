package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.answer.AnswerJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayWriterTest {

  @TempDir private Path directory;

  private static Turn turn(String text, String... arguments) {
    List<ToolRequest> requests =
        List.of(arguments).stream().map(given -> new ToolRequest("", "run_shell", given)).toList();
    return new Turn(text, requests, Turn.Finish.COMPLETE, Usage.NONE);
  }

  @Test
  void aTurnHasItsTextItsCallsOrBoth() {
    Map<Turn, String> turns =
        Map.of(
            turn("Hi."),
            "[{'text':'Hi.'}]",
            turn(""),
            "[{'text':''}]",
            turn("", "{}"),
            "[{'tool_calls':[{'id':'','name':'run_shell','arguments':{}}]}]",
            turn("Hi.", "{}"),
            "[{'text':'Hi.','tool_calls':[{'id':'','name':'run_shell','arguments':{}}]}]");
    turns.forEach((turn, json) ->
        assertThat(AnswerJson.parse(ReplayWriter.write(List.of(turn), List.of(), text -> text)))
            .isEqualTo(AnswerJson.parse(json.replace('\'', '"'))));
  }

  @Test
  void argumentsArePlayedAgainAsTheModelWroteThemEvenWhereTheyAreNoObject() throws Exception {
    String nested = "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":\"é\"}";
    for (String arguments :
        List.of("{}", nested, "", "null", "[1]", "\"x\"", "una", "{\"a", "{} {}", "{}x")) {
      Turn turn = turn("Hi.", arguments);
      Path file = directory.resolve("turns.json");
      Files.writeString(file, ReplayWriter.write(List.of(turn, turn), List.of(), text -> text));

      for (ReplayReader.Recorded recorded : ReplayReader.read(file)) {
        Turn said = recorded.turn();
        assertThat(said.requests())
            .singleElement()
            .extracting(ToolRequest::arguments)
            .isEqualTo(arguments);
      }
    }
    assertThat(ReplayWriter.write(List.of(turn("", nested)), List.of(), text -> text))
        .as("a person reads and changes it")
        .contains("\"d\" : \"é\"");
  }
}
