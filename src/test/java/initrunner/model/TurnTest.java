package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnTest {

  @Test
  void eachRequestHasAnIdThatNoOtherOfTheTurnHas() {
    Map<List<String>, List<String>> given =
        Map.of(
            List.of("a", "b"), List.of("a", "b"),
            List.of("a", "a"), List.of("a", "a-2"),
            List.of("a-3", "a", "a"), List.of("a-3", "a", "a-4"),
            List.of("", "", ""), List.of("", "-2", "-3"));
    given.forEach((ids, wanted) -> {
      List<ToolRequest> requests =
          ids.stream().map(id -> new ToolRequest(id, "run_shell", "{}")).toList();

      assertThat(new Turn("", requests, Turn.Finish.COMPLETE, Usage.NONE).requests())
          .extracting(ToolRequest::id)
          .isEqualTo(wanted);
    });
  }
}
