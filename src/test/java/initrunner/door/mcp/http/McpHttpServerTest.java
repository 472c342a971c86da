package initrunner.door.mcp.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.cli.RemoteAgent;
import initrunner.door.mcp.McpCalls;
import initrunner.door.mcp.McpHttpProcess;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `initrunner mcp --http` does with single requests; whole clients are in
/// [initrunner.door.mcp.McpClientsTest].
class McpHttpServerTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private static Path directory;
  private static McpHttpProcess server;
  private static RawHttp http;

  @BeforeAll
  static void start() throws Exception {
    server = start(directory, List.of("-Dsun.net.httpserver.maxReqTime=5"));
    http = new RawHttp(server.port(), server.token());
  }

  private static McpHttpProcess start(Path place, List<String> options) throws IOException {
    Path role = new RemoteAgent(sshd, place, place).role("- type: shell", "");
    return new McpHttpProcess(
        options,
        Map.of("INITRUNNER_HOME", place.resolve("home").toString()),
        role.toString(),
        "--listen",
        "box.example");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  /// A request of the stateless revision.
  private static String request(String method, String params) {
    return """
    {"jsonrpc":"2.0","id":7,"method":"METHOD","params":{PARAMS"_meta":{\
    "io.modelcontextprotocol/protocolVersion":"2026-07-28",\
    "io.modelcontextprotocol/clientInfo":{"name":"raw","version":"1"},\
    "io.modelcontextprotocol/clientCapabilities":{}}}}\
    """
        .replace("METHOD", method)
        .replace("PARAMS", params);
  }

  private static String shell(String command) {
    return request(
        "tools/call", "\"name\":\"run_shell\",\"arguments\":{\"command\":\"" + command + "\"},");
  }

  private static Map<String, String> headers(String method) {
    Map<String, String> headers = http.headers();
    headers.put("MCP-Protocol-Version", "2026-07-28");
    headers.put("Mcp-Method", method);
    if (method.equals("tools/call")) {
      headers.put("Mcp-Name", "run_shell");
    }
    return headers;
  }

  private static final String LIST = request("tools/list", "");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          POST       | Host          | evil.example                  | 403
          POST       | Host          | 127.0.0.1.evil.example        | 403
          POST       | Host          | none                          | 403
          POST       | Origin        | http://evil.example           | 403
          POST       | Origin        | https://evil.example:443      | 403
          POST       | Origin        | null                          | 403
          POST       | Origin        | http://localhost.evil.example | 403
          POST       | Authorization | none                          | 401
          POST       | Authorization | Bearer x                      | 401
          POST       | Authorization | Basic x                       | 401
          POST /     | Accept        | */*                           | 404
          POST /mcp/ | Accept        | */*                           | 404
          GET        | Accept        | text/event-stream             | 405
          PUT        | Accept        | */*                           | 405
          POST       | Content-Type  | text/plain                    | 415
          POST       | Accept        | application/json              | 406
          POST       | Accept        | text/html                     | 406
          POST       | Host          | localhost:1                   | 200
          POST       | Host          | [::1]                         | 200
          POST       | Host          | BOX.example:443               | 200
          POST       | Origin        | https://box.example           | 200
          POST       | Origin        | http://127.0.0.1:3000         | 200
          POST       | Accept        | */*                           | 200
          """)
  void aRequestIsAnsweredOnlyIfItNamesThisServerAndHasTheToken(
      String method, String header, String value, int status) throws Exception {
    Map<String, String> headers = headers("tools/list");
    headers.put(header, value);
    headers.values().removeIf(each -> each == null);

    RawHttp.Answer answer = http.send(method, headers, LIST);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("WWW-Authenticate"))
        .isEqualTo(status == 401 ? "Bearer realm=\"initrunner\"" : "");
    assertThat(answer.json().has("error")).isEqualTo(status != 200);
    assertThat(answer.body()).doesNotContain(server.token());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "none",
      textBlock =
          """
          tools/list     | Mcp-Method           | none       | 400 | -32020
          tools/list     | Mcp-Method           | TOOLS/LIST | 400 | -32020
          tools/list     | MCP-Protocol-Version | none       | 400 | -32020
          tools/list     | MCP-Protocol-Version | 2025-11-25 | 400 | -32020
          tools/list     | Mcp-Name             | unasked    | 200 | 0
          tools/call     | Mcp-Name             | none       | 400 | -32020
          tools/call     | Mcp-Name             | run_python | 400 | -32020
          tools/call     | Mcp-Name             | =?base64?!?= | 400 | -32020
          tools/call     | Mcp-Name             | run_shell  | 200 | 0
          ping           | Accept               | */*        | 404 | -32601
          initialize     | Accept               | */*        | 404 | -32601
          nothing        | Accept               | */*        | 404 | -32601
          server/discover | Accept              | */*        | 200 | 0
          """)
  void theHeadersOfAStatelessRequestHaveToSayWhatItsBodySays(
      String method, String header, String value, int status, int code) throws Exception {
    Map<String, String> headers = headers(method);
    headers.put(header, value);
    headers.values().removeIf(each -> each == null);
    String body = method.equals("tools/call") ? shell("true") : request(method, "");

    RawHttp.Answer answer = http.send("POST", headers, body);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().at("/error/code").asInt()).isEqualTo(code);
    assertThat(answer.json().path("id").asInt()).isEqualTo(7);
  }

  @Test
  void aNameThatAHeaderCannotHoldIsEncoded() throws Exception {
    Map<String, String> headers = headers("tools/call");
    String name = Base64.getEncoder().encodeToString("run_shell".getBytes(StandardCharsets.UTF_8));
    headers.put("Mcp-Name", "=?base64?" + name + "?=");

    assertThat(http.send("POST", headers, shell("echo encoded")).body()).contains("encoded");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"jsonrpc":"2.0","id":7,"method":"tools/list"}                   | -32602
          {"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}} | -32602
          [{"jsonrpc":"2.0","id":7,"method":"tools/list"}]                 | -32600
          {"jsonrpc":"2.0","id":7,"result":{}}                             | -32600
          nonsense                                                         | -32700
          """)
  void aBodyThatIsNoRequestOfTheProtocolIsABadRequest(String body, int code) throws Exception {
    RawHttp.Answer answer = http.send("POST", headers("tools/list"), body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/code").asInt()).isEqualTo(code);
  }

  @Test
  void aRevisionThatIsNotSpokenIsAnsweredWithThoseThatAre() throws Exception {
    Map<String, String> headers = headers("tools/list");
    headers.put("MCP-Protocol-Version", "2099-01-01");

    RawHttp.Answer answer = http.send("POST", headers, LIST.replace("2026-07-28", "2099-01-01"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/code").asInt()).isEqualTo(-32022);
    assertThat(answer.json().at("/error/data").toString())
        .isEqualTo("{\"supported\":[\"2026-07-28\"],\"requested\":\"2099-01-01\"}");
  }

  @Test
  void aCallWhoseClientIsGoneIsStoppedAndProvenSo() throws Exception {
    long before = McpCalls.provenStops(directory);
    Socket socket = http.begin("POST", headers("tools/call"), shell("sleep 1079"));
    McpCalls.awaitCommand("sleep 1079");

    socket.close();

    McpCalls.awaitProvenStops(directory, before + 1);
    assertThat(McpCalls.commands("sleep 1079")).isEmpty();
  }

  @Test
  void aLongCallIsAStreamThatSaysItIsAlive() throws Exception {
    try (Socket socket = http.begin("POST", headers("tools/call"), shell("sleep 3"))) {
      RawHttp.await(socket, "text/event-stream");
      RawHttp.await(socket, ":\n\n");
      RawHttp.await(socket, "event: message\ndata: {");
      RawHttp.await(socket, "[exit 0 on my-build-box: exited]");
    }
  }

  /// Begins a session.
  private static Map<String, String> initialize(String revision) throws IOException {
    RawHttp.Answer answer =
        http.send(
            "POST",
            http.headers(),
            """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"REVISION",\
            "capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}
            """
                .replace("REVISION", revision));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"protocolVersion\":\"" + revision + "\"");
    assertThat(answer.header("Mcp-Session-Id")).matches("[0-9a-f]{64}");
    Map<String, String> headers = http.headers();
    headers.put("Mcp-Session-Id", answer.header("Mcp-Session-Id"));
    return headers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25"})
  void aSessionLastsUntilItsClientDeletesIt(String revision) throws Exception {
    String list = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}";
    Map<String, String> headers = initialize(revision);
    assertThat(
            http.send(
                    "POST",
                    headers,
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                .status())
        .isEqualTo(202);
    headers.put("MCP-Protocol-Version", revision);
    assertThat(http.send("POST", headers, list).body()).contains("run_shell");
    headers.put("MCP-Protocol-Version", "1999-01-01");
    assertThat(http.send("POST", headers, list).status()).isEqualTo(400);
    headers.remove("MCP-Protocol-Version");

    assertThat(http.send("DELETE", headers, "").status()).isEqualTo(204);

    assertThat(http.send("POST", headers, list).status()).isEqualTo(404);
    assertThat(http.send("DELETE", headers, "").status()).isEqualTo(404);
  }

  @Test
  void anUnknownMethodIsNoEndOfASession() throws Exception {
    RawHttp.Answer answer =
        http.send(
            "POST",
            initialize("2025-11-25"),
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"nothing\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/error/code").asInt()).isEqualTo(-32601);
  }

  @Test
  void anInitializeWithoutARevisionBeginsNoSession() throws Exception {
    RawHttp.Answer answer =
        http.send(
            "POST", http.headers(), "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"initialize\"}");

    assertThat(answer.json().at("/error/code").asInt()).isEqualTo(-32602);
    assertThat(answer.header("Mcp-Session-Id")).isEmpty();
  }

  @Test
  void theEndOfASessionStopsItsCommands() throws Exception {
    Map<String, String> headers = initialize("2025-06-18");
    String call =
        """
        {"jsonrpc":"2.0","id":2,"method":"tools/call",\
        "params":{"name":"run_shell","arguments":{"command":"sleep 1080"}}}
        """;
    try (Socket socket = http.begin("POST", headers, call)) {
      McpCalls.awaitCommand("sleep 1080");

      assertThat(http.send("DELETE", headers, "").status()).isEqualTo(204);

      assertThat(McpCalls.commands("sleep 1080")).isEmpty();
      assertThat(RawHttp.rest(socket).body()).doesNotContain("data:");
    }
  }

  @Test
  void theOldestRevisionMaySendSeveralMessagesAtOnce() throws Exception {
    Map<String, String> headers = initialize("2025-03-26");
    String ping = "{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":\"ping\"}";
    String notification = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    JsonNode answers =
        http.send(
                "POST",
                headers,
                "["
                    + ping.replace("ID", "1")
                    + ","
                    + notification
                    + ","
                    + ping.replace("ID", "2")
                    + ",7]")
            .json();

    assertThat(answers.findValuesAsText("id")).containsExactlyInAnyOrder("1", "2", "null");
    assertThat(http.send("POST", headers, "[" + notification + "]").status()).isEqualTo(202);
    assertThat(
            http.send("POST", initialize("2025-06-18"), "[" + ping.replace("ID", "1") + "]")
                .status())
        .isEqualTo(400);
  }

  @Test
  void aClientThatSendsItsRequestTooSlowlyIsClosedAndHoldsNoOther() throws Exception {
    try (Socket slow = http.connect();
        Socket slower = http.connect()) {
      RawHttp.write(slow, "POST /mcp HTTP/1.1\r\nHost: ");
      StringBuilder head = new StringBuilder("POST /mcp HTTP/1.1\r\nContent-Length: 100");
      headers("tools/list").forEach((name, value) -> head.append("\r\n" + name + ": " + value));
      RawHttp.write(slower, head + "\r\n\r\n{");

      assertThat(http.send("POST", headers("tools/list"), LIST).status()).isEqualTo(200);

      assertThat(isClosed(slow)).isTrue();
      assertThat(isClosed(slower)).isTrue();
    }
  }

  @Test
  void headersWithoutEndAreNotKept() throws Exception {
    try (Socket socket = http.connect()) {
      RawHttp.write(socket, "POST /mcp HTTP/1.1\r\nX: " + "x".repeat(65536));

      assertThat(isClosed(socket)).isTrue();
    }
  }

  /// With unread bytes, a server closes a connection by a reset.
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void aSignalStopsWhatRunsAndEndsTheServer(@TempDir Path place) throws Exception {
    McpHttpProcess other = start(place, List.of());
    RawHttp toOther = new RawHttp(other.port(), other.token());
    Map<String, String> headers = headers("tools/call");
    headers.put("Authorization", "Bearer " + other.token());
    Socket socket = toOther.begin("POST", headers, shell("sleep 1081"));
    McpCalls.awaitCommand("sleep 1081");

    other.close();

    assertThat(McpCalls.commands("sleep 1081")).isEmpty();
    McpCalls.awaitProvenStops(place, 1);
    socket.close();
  }
}
