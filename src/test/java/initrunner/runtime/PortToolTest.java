package initrunner.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import initrunner.exec.FreePort;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The tool `ports` over a real sshd, at whose side real servers listen.
@Timeout(60)
class PortToolTest {

  private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:([0-9]+)/");

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;
  private Recorded recorded;
  private RoleRuntime runtime;
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    recorded = new Recorded(directory);
    runtime = runtime("");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
    runtime.close();
    recorded.close();
  }

  private RoleRuntime runtime(String settings) throws IOException {
    return RoleRuntime.open(role(settings), Optional.of(recorded.store()), "run1");
  }

  private Role role(String settings) throws IOException {
    return RoleLoader.load(
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            name: build-agent
            prompt: You look.
            security:
              sandbox:
                backend: ssh
                ssh: {host: my-build-box, config_file: %s}
            tools:
              - type: jobs
              - type: ports
            %s
            """
                .formatted(sshd.configFile(), settings.indent(4))));
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private void serve(String path, int status, String type, String body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", type);
          exchange.sendResponseHeaders(status, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  private ToolResult call(String tool, Object... arguments) {
    Map<String, Object> all = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      all.put((String) arguments[i], arguments[i + 1]);
    }
    return runtime.call(new ToolCall("c1", tool, all));
  }

  private ToolResult read(String path) {
    return call("read_port", "port", port(), "path", path);
  }

  @Test
  void aPageIsReadAsTheServerSentItWithItsStatus() {
    serve("/items", 200, "text/html; charset=utf-8", "<h1>Grüße</h1>\n");
    assertThat(read("/items?n=3"))
        .isEqualTo(
            new ToolResult(
                "c1",
                """
                HTTP 200 OK from http://localhost:%d/items?n=3 on my-build-box
                Content-Type: text/html; charset=utf-8

                <h1>Grüße</h1>
                """
                    .formatted(port()),
                Status.SUCCEEDED));
    assertThat(read("/none").text()).startsWith("HTTP 404 Not Found from ");
    assertThat(recorded.lines())
        .first()
        .asString()
        .isEqualTo(
            "sandbox.start backend=ssh host=my-build-box argv0=read_port tool=ports run=run1"
                + " call=ID");
    assertThat(recorded.lines().get(1))
        .startsWith(
            "sandbox.exec backend=ssh host=my-build-box argv0=read_port rc=0 duration_ms=N"
                + " ended=exited tool=ports run=run1 call=ID stdout_bytes=");
  }

  @Test
  void aRedirectIsToldAndNotFollowed() {
    server.createContext(
        "/old",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "http://elsewhere.example/new");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    assertThat(read("/old").text())
        .contains("It redirects to http://elsewhere.example/new, which was not followed.");
  }

  @Test
  void whatIsNoTextIsNotShown() {
    serve("/logo", 200, "image/png", "\u0089PNG");
    assertThat(read("/logo").text()).endsWith("(5 bytes or more of image/png, which is no text)");
  }

  @Test
  void aLargePageIsCut() throws IOException {
    serve("/large", 200, "text/plain", "x".repeat(3_000_000));
    ToolResult result = read("/large");
    assertThat(result.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(result.text()).endsWith("xxx\n[truncated]").hasSizeLessThan(103_000);
  }

  @Test
  void aPageThatDoesNotEndIsShownAsFarAsItCame() throws Exception {
    runtime.close();
    runtime = runtime("timeout_seconds: 1");
    CountDownLatch never = new CountDownLatch(1);
    server.createContext(
        "/events",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("data: 1\n".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    ToolResult result = read("/events");
    assertThat(result.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(result.text())
        .startsWith("Error: the page did not end within 1s.\nHTTP 200 OK")
        .contains("data: 1");
    never.countDown();
  }

  @Test
  void aServerThatIsNotUpYetIsSaidWithTheNextStepAndTheNextLookWorks() throws IOException {
    int port = FreePort.find();
    for (int i = 0; i < 3; i++) {
      ToolResult result = call("read_port", "port", port);
      assertThat(result.status()).isEqualTo(Status.NOT_STARTED);
      assertThat(result.text())
          .isEqualTo(
              "Error: no program takes connections at localhost:%d of 'my-build-box' (Connection refused). Nothing was started. Start the server there, or wait until it listens, and look again. See which ports are in use there: ss -ltn"
                      .formatted(port)
                  + ".");
    }
    serve("/", 200, "text/plain", "up");
    assertThat(read("/").text()).endsWith("\nup");
    assertThat(recorded.lines().get(1)).contains("ended=not_started reason=port_closed");
  }

  @Test
  void whatSpeaksNoHttpIsSaid() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ExecutorService serving = Executors.newVirtualThreadPerTaskExecutor()) {
      var _ =
          serving.submit(() -> {
            for (byte[] answer :
                List.of("+OK redis\r\n".getBytes(UTF_8), new byte[] {21, 3, 3, 10}, new byte[0])) {
              try (Socket connection = other.accept()) {
                connection.getOutputStream().write(answer);
              }
            }
            return true;
          });
      String where =
          "Error: the server of http://localhost:%d/ on my-build-box "
              .formatted(other.getLocalPort());
      ToolResult redis = call("read_port", "port", other.getLocalPort());
      assertThat(redis.text())
          .isEqualTo(where + "does not speak HTTP/1; it sent \"+OK redis\\r\\n\".");
      assertThat(redis.status()).isEqualTo(Status.FAILED);
      assertThat(call("read_port", "port", other.getLocalPort()).text())
          .startsWith(where + "wants TLS");
      assertThat(call("read_port", "port", other.getLocalPort()).text())
          .isEqualTo(where + "closed the connection without an answer.");
    }
  }

  @Test
  void onlyPortsAndMachinesOfTheRoleAreLookedAt() throws IOException {
    assertThat(call("read_port", "port", 22).text())
        .isEqualTo("Error: port 22 is not one of those that the role allows: 1024-65535.");
    assertThat(call("read_port", "port", port(), "path", "http://x/").text())
        .isEqualTo("Error: path is 'http://x/'; it begins with /, and names no machine.");
    assertThat(call("read_port", "port", port(), "path", "/ HTTP/1.1\r\nX: y").status())
        .isEqualTo(Status.REFUSED);
    assertThat(call("read_port", "port", port(), "host", "127.0.0.1").status())
        .isEqualTo(Status.INVALID);
    runtime.close();
    runtime = runtime("allowed_ports: [80, 12000-65000]\nallowed_hosts: [127.0.0.1]");
    serve("/", 200, "text/plain", "there");
    assertThat(call("read_port", "port", port(), "host", "127.0.0.1").text()).endsWith("there");
    assertThat(call("read_port", "port", port(), "host", "127.0.0.2").text())
        .isEqualTo(
            "Error: the role allows no ports of '127.0.0.2', only of 127.0.0.1 and, without host,"
                + " of the host itself.");
  }

  private static String fetched(int port) throws IOException {
    return new String(
        URI.create("http://127.0.0.1:" + port + "/").toURL().openStream().readAllBytes(), UTF_8);
  }

  private static int localPort(ToolResult result) {
    Matcher url = URL.matcher(result.text());
    assertThat(url.find()).as(result.text()).isTrue();
    return Integer.parseInt(url.group(1));
  }

  private static boolean isFree(int port) {
    try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return free.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  @Test
  void anOpenPortIsLookedAtByThePersonUntilItIsClosed() throws IOException {
    serve("/", 200, "text/plain", "hello person");
    ToolResult opened = call("open_port", "port", port());
    int local = localPort(opened);
    assertThat(opened.text())
        .isEqualTo(
            "The person can look at port %d of my-build-box at http://127.0.0.1:%d/ on their own machine, until this conversation ends."
                .formatted(port(), local));
    assertThat(fetched(local)).isEqualTo("hello person");
    assertThat(localPort(call("open_port", "port", port()))).isEqualTo(local);
    assertThat(call("close_port", "port", port()).text())
        .isEqualTo("Port %d of my-build-box is no longer open to the person.".formatted(port()));
    assertThat(isFree(local)).isTrue();
    assertThat(call("close_port", "port", port()).text()).contains("was not open");
  }

  @Test
  void aPortIsOpenedThoughNoServerListensYetAndEndsWithTheRole() throws IOException {
    int port = FreePort.find();
    ToolResult opened = call("open_port", "port", port);
    assertThat(opened.text())
        .endsWith("No server listens there yet: start it, and the address works.");
    assertThat(localPort(opened)).isEqualTo(port);
    runtime.close();
    assertThat(isFree(port)).isTrue();
  }

  @Test
  void noMorePortsThanSixteenAreOpen() {
    List<ToolResult> results =
        IntStream.range(0, 17).mapToObj(_ -> call("open_port", "port", FreePort.find())).toList();
    assertThat(results.subList(0, 16)).allMatch(result -> result.status() == Status.SUCCEEDED);
    assertThat(results.getLast().text()).contains("16 ports are open already");
  }

  /// The whole of what an agent does with a server in the making.
  @Test
  void aServerIsStartedOpenedReadAndStoppedAndNothingListensAfterwards() throws Exception {
    Files.writeString(sshd.home().resolve("index.html"), "<title>it works</title>");
    int port = FreePort.find();
    String python = "python3 -m http.server %d --bind 127.0.0.1 --directory %s";
    String started =
        call("start_job", "command", python.formatted(port, sshd.home()), "name", "pages").text();
    Matcher id = Pattern.compile("[0-9a-f]{12,32}").matcher(started);
    assertThat(id.find()).as(started).isTrue();
    ToolResult page = call("read_port", "port", port);
    while (page.status() == Status.NOT_STARTED) {
      Thread.sleep(Duration.ofMillis(50));
      page = call("read_port", "port", port);
    }
    assertThat(page.text()).endsWith("<title>it works</title>");
    // This machine is the host, so the number is taken here.
    int local = localPort(call("open_port", "port", port));
    assertThat(local).isNotEqualTo(port);
    assertThat(fetched(local)).isEqualTo("<title>it works</title>");
    ToolResult stopped = call("stop_job", "id", id.group());
    assertThat(stopped.status()).as(stopped.text()).isEqualTo(Status.SUCCEEDED);
    assertThat(call("read_port", "port", port).text()).contains("(Connection refused)");
    runtime.close();
    assertThat(isFree(port)).isTrue();
    assertThat(isFree(local)).isTrue();
  }
}
