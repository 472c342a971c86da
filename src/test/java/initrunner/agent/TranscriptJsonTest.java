package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import initrunner.model.Continuation;
import initrunner.model.Message;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.answer.AnswerJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// The stored form of a paused run.
class TranscriptJsonTest {

  private static final ToolRequest CALL = new ToolRequest("a", "run_shell", "{\"a\":\"s3cret\"}");

  private static Transcript of(Message... messages) {
    return new Transcript(List.of(messages), Usage.NONE, List.of(), 1, Duration.ZERO);
  }

  private static Turn turn(String text, ToolRequest... calls) {
    return new Turn(text, List.of(calls), Turn.Finish.COMPLETE, Usage.NONE);
  }

  private static Transcript stored(Transcript transcript, UnaryOperator<String> redaction) {
    return TranscriptJson.read(TranscriptJson.write(transcript, redaction));
  }

  @Test
  void allThatWasSaidAndCountedIsThereAgain() {
    Transcript whole =
        new Transcript(
            List.of(
                new Message.Instructions("Be brief."),
                new Message.User("Go."),
                new Message.Verdict(turn("{\"allowed\": true}")),
                new Message.Assistant(turn("Let me look.", CALL)),
                new Message.ToolAnswer(CALL, "Linux"),
                new Message.Assistant(turn("", CALL))),
            new Usage(3, 4, 0, 0, Optional.of(new BigDecimal("0.5"))),
            List.of("run_shell"),
            2,
            Duration.ofMillis(1234));

    assertThat(stored(whole, text -> text)).isEqualTo(whole);
  }

  @Test
  void secretsAreTakenOutOfAllButTheCallsThatWait() {
    Transcript whole =
        of(
            new Message.Instructions("s3cret"),
            new Message.User("s3cret"),
            new Message.Verdict(turn("s3cret")),
            new Message.Assistant(turn("s3cret", CALL)),
            new Message.ToolAnswer(CALL, "s3cret"),
            new Message.Assistant(turn("s3cret", CALL)));
    ToolRequest made = new ToolRequest("a", "run_shell", "{\"a\":\"…\"}");

    assertThat(stored(whole, text -> text.replace("s3cret", "…")))
        .isEqualTo(
            of(
                new Message.Instructions("…"),
                new Message.User("…"),
                new Message.Verdict(turn("…")),
                new Message.Assistant(turn("…", made)),
                new Message.ToolAnswer(made, "…"),
                new Message.Assistant(turn("…", CALL))));
  }

  @Test
  void whatIsNoTranscriptIsRefused() {
    for (String json :
        List.of(
            "{}", "{\"messages\":[]}", "{\"messages\":[{\"role\":\"other\",\"text\":\"x\"}]}")) {
      assertThatIllegalArgumentException()
          .as(json)
          .isThrownBy(() -> TranscriptJson.read(AnswerJson.parse(json).orElseThrow()));
    }
  }

  @Test
  void aPausedRunKeepsItWithoutSecretsInTheThoughts() {
    Turn turn =
        new Turn(
            "",
            List.of(new ToolRequest("a", "run_shell", "{}")),
            Turn.Finish.COMPLETE,
            Usage.NONE,
            Optional.of(
                new Continuation(
                    "deepseek:m",
                    "{\"message\":{\"reasoning_content\":\"It is s3cret.\"},"
                        + "\"blocks\":[{\"thinking\":\"s3cret\",\"signature\":\"s3cret\"}]}")));
    Transcript paused =
        new Transcript(
            List.of(new Message.User("Go."), new Message.Assistant(turn)),
            Usage.NONE,
            List.of(),
            1,
            Duration.ZERO);

    Transcript stored =
        TranscriptJson.read(TranscriptJson.write(paused, text -> text.replace("s3cret", "…")));

    assertThat(stored.messages().getLast())
        .isInstanceOfSatisfying(
            Message.Assistant.class,
            said ->
                assertThat(said.turn().continuation())
                    .contains(
                        new Continuation(
                            "deepseek:m",
                            "{\"message\":{\"reasoning_content\":\"It is ….\"},"
                                + "\"blocks\":[{\"thinking\":\"…\",\"signature\":\"s3cret\"}]}")));
  }
}
