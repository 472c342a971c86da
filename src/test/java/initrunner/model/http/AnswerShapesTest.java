package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.ScriptedModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.RunEvent;
import initrunner.model.TestModels;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.answer.Answer;
import initrunner.model.answer.AnswerReader;
import initrunner.model.answer.ServerDiagnosis;
import initrunner.model.answer.TimedBody;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.model.http.AnswerShapes.Expected;
import initrunner.model.http.AnswerShapes.Shape;
import initrunner.model.http.Models.Delivery;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The results of all shapes over HTTP, and of every prefix of one.
class AnswerShapesTest {

  private static final List<Message> CONVERSATION = List.of(new Message.User("Which kernel?"));

  private final List<RunEvent> events = new ArrayList<>();

  static Stream<Shape> shapes() {
    return AnswerShapes.all();
  }

  /// Without shapes in which a server takes back a whole answer.
  static Stream<Shape> streams() {
    return shapes()
        .filter(Shape::isStream)
        .filter(shape -> !shape.name().contains("after the last reason"));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void eachShapeHasItsOutcome(Shape shape) throws Exception {
    ScriptedModel.Reply reply =
        new ScriptedModel.Reply.Raw(shape.status(), shape.headers(), shape.body());
    try (ScriptedModel server = ScriptedModel.of(reply, ScriptedModel.text("again"))) {
      switch (shape.expected()) {
        case Expected.Answers(String text) -> {
          Turn turn = ask(server, shape);
          assertThat(turn.text()).isEqualTo(text);
          assertThat(turn.requests()).isEmpty();
          assertThat(turn.finish()).isEqualTo(Turn.Finish.COMPLETE);
          assertThat(shown()).isEqualTo(text);
        }
        case Expected.Calls(List<String> calls) -> {
          Turn turn = ask(server, shape);
          assertThat(turn.requests())
              .extracting(request -> request.tool() + " " + request.arguments())
              .isEqualTo(calls);
          assertThat(turn.requests()).extracting(ToolRequest::id).doesNotHaveDuplicates();
          assertThat(turn.finish()).isEqualTo(Turn.Finish.COMPLETE);
        }
        case Expected.IsCut(String text) -> {
          Turn turn = ask(server, shape);
          assertThat(turn.text()).isEqualTo(text);
          assertThat(turn.requests()).isEmpty();
          assertThat(turn.finish()).isEqualTo(Turn.Finish.LENGTH);
        }
        case Expected.IsWithheld() -> {
          Turn turn = ask(server, shape);
          assertThat(turn.requests()).isEmpty();
          assertThat(turn.finish()).isEqualTo(Turn.Finish.CONTENT_FILTER);
        }
        case Expected.Fails(ModelException.Kind kind, String words) -> {
          ModelException fault =
              catchThrowableOfType(ModelException.class, () -> ask(server, shape));
          assertThat(fault.kind()).as(fault.getMessage()).isEqualTo(kind);
          assertThat(fault).hasMessageContaining(words);
          assertThat(server.requests()).hasSize(1);
        }
        case Expected.IsAskedAgain() -> {
          assertThat(ask(server, shape).text()).isEqualTo("again");
          assertThat(server.requests()).hasSize(2);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void aPartOfAStreamIsItsWholeAnswerOrNoneHoweverItsBytesArrive(Shape shape) {
    byte[] body = shape.body().getBytes(StandardCharsets.UTF_8);
    Optional<Turn> whole = read(shape, body);

    assertThat(read(shape, body, 1)).isEqualTo(whole);
    for (int length = 0; length < body.length; length++) {
      Optional<Turn> part = read(shape, Arrays.copyOf(body, length));
      if (part.isPresent()) {
        assertThat(part.map(Turn::requests))
            .as("%s bytes", length)
            .isEqualTo(whole.map(Turn::requests));
        assertThat(part.map(Turn::text)).as("%s bytes", length).isEqualTo(whole.map(Turn::text));
        assertThat(part.map(Turn::finish))
            .as("%s bytes", length)
            .isEqualTo(whole.map(Turn::finish));
      }
    }
  }

  @Test
  void tokensAreCountedWhereverTheyStand() throws Exception {
    String end =
        "data: {\"choices\":[{\"delta\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]";
    String counts = "{\"prompt_tokens\":11,\"completion_tokens\":7}";
    for (String rest :
        List.of(
            ",\"usage\":" + counts + "}\n\n",
            "}\n\ndata: {\"choices\":[],\"usage\":" + counts + "}\n\n",
            "}\n\ndata: {\"choices\":[],\"usage\":" + counts + "}\n\ndata: {\"usage\":null}\n\n",
            ",\"x_groq\":{\"usage\":" + counts + "}}\n\n",
            ",\"usage\":{\"input_tokens\":11,\"output_tokens\":7}}\n\n",
            ",\"usage\":{\"prompt_tokens\":11,\"total_tokens\":18}}\n\n")) {
      Shape shape =
          new Shape(
              rest,
              Provider.OPENAI,
              200,
              Map.of("Content-Type", "text/event-stream"),
              end + rest,
              new Expected.Answers("Yes."));
      assertThat(read(shape, shape.body().getBytes(StandardCharsets.UTF_8)).map(Turn::usage))
          .as(rest)
          .contains(new Usage(11, 7));
    }
  }

  private Turn ask(ScriptedModel server, Shape shape) throws Exception {
    ModelSettings settings =
        TestModels.settings(
            shape.provider().id(), "a-model", Optional.empty(), Optional.empty(), 0.1, 4096);
    try (Model model =
        new HttpModel(
            ModelEndpoint.of(settings, RoleEnvironment.ofProcess(server.environment())),
            settings,
            shape.isStream() ? Delivery.STREAMED : Delivery.WHOLE,
            new RetryPolicy(3, Duration.ofSeconds(60), _ -> {}, Clock.systemUTC()))) {
      return model.next(CONVERSATION, List.of(), events::add);
    }
  }

  private String shown() {
    StringBuilder text = new StringBuilder();
    for (RunEvent event : events) {
      if (event instanceof RunEvent.TextDelta(String delta)) {
        text.append(delta);
      }
    }
    return text.toString();
  }

  private static Optional<Turn> read(Shape shape, byte[] body) {
    return read(shape, body, Math.max(1, body.length));
  }

  /// @param size of the pieces in which the bytes arrive
  private static Optional<Turn> read(Shape shape, byte[] body, int size) {
    ServerDiagnosis diagnosis =
        new ServerDiagnosis(
            ModelEndpoint.of(
                TestModels.settings(
                    shape.provider().id(), "m", Optional.empty(), Optional.empty(), 0.1, 4096),
                RoleEnvironment.ofProcess(
                    Map.of(shape.provider().keyVariable().orElse("K"), "k"))));
    try (TimedBody timed = new TimedBody(Duration.ofSeconds(9), Duration.ofSeconds(9))) {
      timed.onSubscribe(new Pieces(timed, body, size));
      return Optional.of(
          new AnswerReader(Answer.in(shape.provider().api(), _ -> {}), diagnosis)
              .read(timed, HttpHeaders.of(Map.of(), (_, _) -> true)));
    } catch (IOException | AnswerReader.ErrorAnswer | ModelException e) {
      return Optional.empty();
    }
  }

  /// A body in pieces of one size.
  private static final class Pieces implements Flow.Subscription {

    private final TimedBody to;
    private final ByteBuffer left;
    private final int size;

    Pieces(TimedBody to, byte[] body, int size) {
      this.to = to;
      this.left = ByteBuffer.wrap(body);
      this.size = size;
    }

    @Override
    public void request(long count) {
      if (!left.hasRemaining()) {
        to.onComplete();
        return;
      }
      byte[] piece = new byte[Math.min(size, left.remaining())];
      left.get(piece);
      to.onNext(List.of(ByteBuffer.wrap(piece)));
    }

    @Override
    public void cancel() {}
  }
}
