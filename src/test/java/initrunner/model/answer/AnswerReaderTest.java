package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.TestModels;
import initrunner.model.Turn;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.Api;
import initrunner.role.model.ModelSettings;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {

  private static final String WHOLE =
      "{\"choices\":[{\"message\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}";
  private static final String TEXT = "data: {\"choices\":[{\"delta\":{\"content\":\"Yes.\"}}]}\n\n";
  private static final String STOP =
      "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  @Test
  void blanksAndAByteOrderMarkMayStandInFrontOfAnAnswerAndNothingElse() throws Exception {
    for (String before : List.of("", " ", "\t", "\r\n", " \n \t", "\uFEFF", " \uFEFF\n")) {
      assertThat(read(before + WHOLE).text()).as(before).isEqualTo("Yes.");
      assertThat(read(before + TEXT + STOP).text()).as(before).isEqualTo("Yes.");
    }
    for (String before : List.of("\u0000", "x", "\u00FC", "\uFFFD")) {
      assertThatExceptionOfType(ModelException.class)
          .as(before)
          .isThrownBy(() -> read(before + WHOLE))
          .satisfies(fault -> assertThat(fault.kind()).isEqualTo(Kind.ANSWER_MALFORMED));
    }
    assertThatExceptionOfType(ModelException.class)
        .as("nothing of a text is lost that begins as the mark does")
        .isThrownBy(() -> read("\uFB01nished"))
        .withMessageContaining("\uFB01nished");
  }

  @Test
  void anAnswerInOnePieceMayBeAsLongAsIsSaidAndNotLonger() throws Exception {
    String longest = WHOLE + " ".repeat(MOST_BYTES - WHOLE.length());
    assertThat(read(longest).text()).isEqualTo("Yes.");
    assertThatExceptionOfType(AnswerTooLongException.class)
        .isThrownBy(() -> read(longest + " "))
        .satisfies(tooLong -> assertThat(tooLong.size()).isEqualTo("longer than 8 MiB"));
  }

  @Test
  void aConnectionThatBreaksAfterTheEndTakesNothingBackAndOneThatBreaksBeforeItDoes()
      throws Exception {
    assertThat(readBroken(TEXT + STOP).text()).isEqualTo("Yes.");
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> readBroken(TEXT));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(TEXT));
  }

  @Test
  void aRefusalIsTheTextOfAWithheldAnswerWhereverItStands() throws Exception {
    for (String message :
        List.of(
            "{\"content\":null,\"refusal\":\"I cannot.\"}",
            "{\"content\":\"I \",\"refusal\":\"cannot.\"}",
            "{\"content\":[{\"type\":\"refusal\",\"refusal\":\"I cannot.\"}],\"refusal\":null}")) {
      Turn turn = read("{\"choices\":[{\"message\":" + message + ",\"finish_reason\":\"stop\"}]}");

      assertThat(turn.text()).as(message).isEqualTo("I cannot.");
      assertThat(turn.finish()).isEqualTo(Turn.Finish.CONTENT_FILTER);
    }
  }

  @Test
  void aServerThatGivesNothingToReturnGetsNothingBack() throws Exception {
    Turn turn =
        read(
            "{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":"
                + "{\"name\":\"run_shell\",\"arguments\":\"{}\"}}]},"
                + "\"finish_reason\":\"tool_calls\"}]}");

    assertThat(turn.requests()).hasSize(1);
    assertThat(turn.continuation()).isEmpty();
  }

  @Test
  void afterTheLastEventNothingIsRead() throws Exception {
    assertThat(read(TEXT + "data: [DONE]\n\ndata: nonsense\n\n" + TEXT).text()).isEqualTo("Yes.");
    assertThat(readBroken(TEXT + "data: [DONE]\n\n").text()).isEqualTo("Yes.");
  }

  private static Turn read(String body) throws Exception {
    return read(body, Optional.empty());
  }

  private static Turn readBroken(String body) throws Exception {
    return read(body, Optional.of(new IOException("reset")));
  }

  private static Turn read(String body, Optional<IOException> end) throws Exception {
    ModelSettings settings =
        TestModels.settings("openai", "m", Optional.empty(), Optional.empty(), 0.1, 4096);
    ServerDiagnosis diagnosis =
        new ServerDiagnosis(
            ModelEndpoint.of(settings, RoleEnvironment.ofProcess(Map.of("OPENAI_API_KEY", "k"))));
    try (TimedBody timed = new TimedBody(Duration.ofMinutes(1), Duration.ofMinutes(1))) {
      timed.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
          });
      timed.onNext(List.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
      end.ifPresentOrElse(timed::onError, timed::onComplete);
      return new AnswerReader(Answer.in(Api.CHAT_COMPLETIONS, _ -> {}), diagnosis)
          .read(timed, HttpHeaders.of(Map.of(), (_, _) -> true));
    }
  }
}
