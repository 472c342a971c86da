package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.model.ReplayModel;
import initrunner.role.ContentRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TopicVerdictTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "``", "```", "`", "{", "[", "json"})
  void aVerdictTakesNoLongerForWhatIsRepeatedAroundIt(String part) throws Exception {
    String run = part.repeat(300_000 / Math.max(1, part.length()));

    assertThat(allows("```json\n{\"allowed\": true}" + " ".repeat(300_000) + "\n```")).isTrue();
    assertThat(allows("```" + run + "{\"allowed\": true}")).isFalse();
    assertThat(allows("``` a" + run + "x```")).isFalse();
    assertThat(allows("```" + run)).isFalse();
  }

  private boolean allows(String answer) throws Exception {
    Path turns = directory.resolve("turns.json");
    Files.writeString(
        turns, new ObjectMapper().writeValueAsString(List.of(Map.of("text", answer))));
    try (TopicCheck check =
        new TopicCheck(ReplayModel.load(turns), "Servers.", ContentRules.DEFAULT)) {
      return check.judge(List.of(), "How is it?", _ -> {}).orElseThrow().objection().isEmpty();
    }
  }
}
