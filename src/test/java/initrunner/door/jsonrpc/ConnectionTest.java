package initrunner.door.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// Answers `echo` with its parameters, and waits in `wait` until it is interrupted.
  private static final class EchoServer implements Server {

    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private Optional<Connection> connection = Optional.empty();
    private boolean takesBatches;

    @Override
    public boolean takesBatches() {
      return takesBatches;
    }

    @Override
    public void received(Incoming.Request request) {}

    @Override
    public Json.Obj answer(Exchange exchange) throws RpcException, InterruptedException {
      return switch (exchange.request().method()) {
        case "echo" -> exchange.request().params();
        case "fail" -> throw new IllegalStateException("a secret");
        case "wait" -> {
          waiting.countDown();
          try {
            Thread.sleep(Long.MAX_VALUE);
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
          yield Json.Obj.EMPTY;
        }
        default -> throw RpcException.methodNotFound(exchange.request().method());
      };
    }

    @Override
    public void take(Incoming.Notification notification) {
      connection.ifPresent(own -> notification.params().get("id").ifPresent(own::cancel));
    }
  }

  /// What the server sends for this input, until its end.
  private static List<JsonNode> answers(byte[] input) throws IOException {
    return answers(input, new EchoServer());
  }

  private static List<JsonNode> answers(byte[] input, EchoServer server) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Connection(new ByteArrayInputStream(input), out).serve(server);
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }

  private static List<JsonNode> answers(String input) throws IOException {
    return answers((input + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// The one answer to a line, before the input ends.
  private static JsonNode answer(String line) throws Exception {
    PipedOutputStream client = new PipedOutputStream();
    PipedInputStream said = new PipedInputStream();
    Connection connection =
        new Connection(new PipedInputStream(client), new PipedOutputStream(said));
    Thread serving = Thread.ofVirtual().start(() -> connection.serve(new EchoServer()));
    write(client, line);
    BufferedReader lines = new BufferedReader(new InputStreamReader(said, StandardCharsets.UTF_8));
    JsonNode answer = JSON.readTree(lines.readLine());
    client.close();
    serving.join();
    return answer;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          nonsense                                                     | null | -32700
          {"jsonrpc":"2.0","id":1,"id":2,"method":"echo"}              | null | -32700
          {"jsonrpc":"2.0","id":1,"method":"echo"} {}                  | null | -32700
          "text"                                                       | null | -32600
          [{"jsonrpc":"2.0","id":1,"method":"echo"}]                   | null | -32600
          {"id":1,"method":"echo"}                                     | 1    | -32600
          {"jsonrpc":"1.0","id":1,"method":"echo"}                     | 1    | -32600
          {"jsonrpc":"2.0","id":null,"method":"echo"}                  | null | -32600
          {"jsonrpc":"2.0","id":1.5,"method":"echo"}                   | null | -32600
          {"jsonrpc":"2.0","id":{},"method":"echo"}                    | null | -32600
          {"jsonrpc":"2.0","id":"a"}                                   | "a"  | -32600
          {"jsonrpc":"2.0","id":"a","method":7}                        | "a"  | -32600
          {"jsonrpc":"2.0","id":"a","method":"echo","params":[1]}      | "a"  | -32602
          {"jsonrpc":"2.0","id":"a","method":"none"}                   | "a"  | -32601
          {"jsonrpc":"2.0","id":9007199254740993,"method":"none"}      | 9007199254740993 | -32601
          """)
  void whatIsNoRequestGetsAnErrorWithItsIdWhereThatCanBeRead(String line, String id, int code)
      throws Exception {
    JsonNode answer = answer(line);

    assertThat(answer.path("id").toString()).isEqualTo(id);
    assertThat(answer.at("/error/code").asInt()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "none",
      textBlock =
          """
          [R1]                      | 1
          [R1,N,R2]                 | 1 2
          [R1,7,R2]                 | 1 2 null
          [R1,[R2]]                 | 1 null
          [R1,R1]                   | 1 1
          [N]                       | none
          [N,{"jsonrpc":"2.0","id":9,"result":{}}] | none
          """)
  void aListOfMessagesIsAnsweredWithOneListIfTheServerTakesLists(String line, String ids)
      throws Exception {
    EchoServer server = new EchoServer();
    server.takesBatches = true;
    String input =
        line.replaceAll("R(\\d)", "{\"jsonrpc\":\"2.0\",\"id\":$1,\"method\":\"echo\"}")
            .replace("N", "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}");

    List<JsonNode> answers = answers((input + "\n").getBytes(StandardCharsets.UTF_8), server);

    if (ids == null) {
      assertThat(answers).isEmpty();
    } else {
      assertThat(answers).hasSize(1);
      assertThat(answers.getFirst().findValuesAsText("id"))
          .containsExactlyInAnyOrder(ids.split(" "));
    }
  }

  @Test
  void anEmptyListIsNoMessage() throws Exception {
    assertThat(answer("[]").at("/error/code").asInt()).isEqualTo(-32600);
  }

  @Test
  void aFailureTellsItsKindOnly() throws Exception {
    assertThat(answer("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"fail\"}").toString())
        .contains("-32603", "IllegalStateException")
        .doesNotContain("a secret");
  }

  @Test
  void notificationsBlankLinesAndAnswersThatWereNotAskedForGetNoAnswer() throws Exception {
    assertThat(
            answers(
                """
                {"jsonrpc":"2.0","method":"echo"}

                \t
                {"jsonrpc":"2.0","id":5,"result":{}}
                {"jsonrpc":"2.0","id":5,"error":{}}\
                """))
        .isEmpty();
  }

  @Test
  void theLastLineWithoutItsEndIsNoMessage() throws Exception {
    assertThat(answers("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}".getBytes())).isEmpty();
  }

  @Test
  void aMessageThatIsTooLongIsRefusedAndTheNextOneIsAnswered() throws Exception {
    String tooLong = "x".repeat(Connection.MOST_MESSAGE_BYTES + 1);
    assertThat(answer(tooLong).at("/error/message").asText()).contains("more than");
    assertThat(answers(tooLong + "\nnonsense").getLast().at("/error/code").asInt())
        .isEqualTo(-32700);
  }

  @Test
  void aCancelledRequestIsInterruptedAndNotAnswered() throws Exception {
    EchoServer server = new EchoServer();
    PipedOutputStream client = new PipedOutputStream();
    PipedInputStream said = new PipedInputStream();
    Connection connection =
        new Connection(new PipedInputStream(client), new PipedOutputStream(said));
    server.connection = Optional.of(connection);
    Thread serving = Thread.ofVirtual().start(() -> connection.serve(server));

    write(client, "{\"jsonrpc\":\"2.0\",\"id\":\"w\",\"method\":\"wait\"}");
    assertThat(server.waiting.await(10, TimeUnit.SECONDS)).isTrue();
    write(client, "{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":\"w\"}}");
    assertThat(server.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    write(client, "{\"jsonrpc\":\"2.0\",\"id\":\"e\",\"method\":\"echo\"}");

    BufferedReader lines = new BufferedReader(new InputStreamReader(said, StandardCharsets.UTF_8));
    assertThat(JSON.readTree(lines.readLine()).path("id").asText()).isEqualTo("e");
    client.close();
    serving.join();
  }

  @Test
  void theEndOfTheInputInterruptsWhatIsUnderWay() throws Exception {
    EchoServer server = new EchoServer();
    byte[] input = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"wait\"}\n".getBytes();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    new Connection(new ByteArrayInputStream(input), out).serve(server);

    assertThat(out.size()).isZero();
  }

  private static void write(PipedOutputStream to, String line) throws IOException {
    to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    to.flush();
  }

  @Provide
  Arbitrary<byte[]> inputs() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "\n",
            "\\",
            "\\ud800",
            "null",
            "1e9",
            "-",
            "\"jsonrpc\":\"2.0\"",
            "\"id\":1",
            "\"method\":\"echo\"",
            "\"params\":{}",
            "\u0000",
            "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"echo\",\"params\":{\"a\":[1,{}]}}\n",
            "{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":1}}\n",
            "é",
            "[".repeat(70));
    Arbitrary<byte[]> texts =
        pieces
            .list()
            .ofMaxSize(40)
            .map(list -> String.join("", list).getBytes(StandardCharsets.UTF_8));
    return Arbitraries.oneOf(texts, Arbitraries.bytes().array(byte[].class).ofMaxSize(200));
  }

  /// Each line of what comes back is one JSON-RPC message, and the server ends.
  @Property(tries = 2000)
  void noInputBreaksTheConnection(@ForAll("inputs") byte[] input, @ForAll boolean takesBatches)
      throws Exception {
    EchoServer server = new EchoServer();
    server.takesBatches = takesBatches;
    for (JsonNode line : answers(input, server)) {
      assertThat(line.isArray() ? line : List.of(line))
          .isNotEmpty()
          .allSatisfy(answer -> assertThat(answer.path("jsonrpc").asText()).isEqualTo("2.0"));
    }
  }
}
