package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.Message;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TranscriptTest {

  private static final ToolRequest ONE = new ToolRequest("1", "run_shell", "{}");
  private static final ToolRequest TWO = new ToolRequest("2", "run_shell", "{}");
  private static final ToolRequest THREE = new ToolRequest("3", "run_shell", "{}");

  private static Transcript of(Message... messages) {
    return new Transcript(List.of(messages), Usage.NONE, List.of(), 1, Duration.ZERO);
  }

  private static Message said(String text, ToolRequest... calls) {
    return new Message.Assistant(new Turn(text, List.of(calls), Turn.Finish.COMPLETE, Usage.NONE));
  }

  @Test
  void theLastTextIsTheModelsLastThatIsNotBlankSinceThePrompt() {
    Message prompt = new Message.User("Go.");
    Message answer = new Message.ToolAnswer(ONE, "Linux");

    assertThat(of(prompt, said("Let me look.", ONE), answer, said(" ", TWO)).lastText())
        .isEqualTo("Let me look.");
    assertThat(of(prompt, said("One.", ONE), answer, said("Two.", TWO)).lastText())
        .isEqualTo("Two.");
    assertThat(of(prompt, said("Old."), prompt, said("", ONE)).lastText()).isEmpty();
  }

  @Test
  void onlyTheCallsOfTheLastTurnWait() {
    Message answer = new Message.ToolAnswer(ONE, "Linux");

    assertThat(of(said("", ONE), answer, said("", TWO, THREE)).waiting())
        .containsExactly(TWO, THREE);
    assertThat(of(said("", ONE), answer).waiting()).isEmpty();
  }

  @Test
  void ofTheCallsThatWaitAPersonIsShownThoseThatNeedAYesInTheModelsOrder() {
    PausedRun run =
        new PausedRun(
            "ab",
            1,
            Instant.EPOCH,
            "agent",
            "Go.",
            List.of("3", "1"),
            Map.of(),
            of(said("", ONE, TWO, THREE)),
            new PausedRun.Setting(
                Path.of("/role.yaml"),
                "",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));

    assertThat(run.calls()).containsExactly(ONE, THREE);
  }
}
