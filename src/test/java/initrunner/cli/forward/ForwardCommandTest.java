package initrunner.cli.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.exec.FreePort;
import initrunner.ssh.SshdExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ForwardCommandTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;

  private String role(String tools) throws IOException {
    return Files.writeString(
            directory.resolve("role.yaml"),
            """
            name: build-agent
            prompt: You look.
            security: {sandbox: {backend: ssh, ssh: {host: my-build-box, config_file: %s}}}
            tools: [%s]
            """
                .formatted(sshd.configFile(), tools))
        .toString();
  }

  private static boolean isFree(int port) {
    try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return free.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private static String fetched(String url) throws IOException {
    return new String(URI.create(url).toURL().openStream().readAllBytes(), UTF_8);
  }

  /// Each way to end it.
  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void thePortIsThisMachinesUntilTheCommandEnds(String signal) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("hello".getBytes(UTF_8));
          exchange.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    List<String> argv = new ArrayList<>(List.of("env", "--default-signal=INT"));
    argv.addAll(
        ChildJvm.initrunner(
            List.of(), "forward", role("think"), "--no-audit", Integer.toString(port)));
    Process forward =
        new ProcessBuilder(argv).redirectError(directory.resolve("err").toFile()).start();
    try (BufferedReader out = forward.inputReader()) {
      String url = out.readLine();
      assertThat(fetched(url)).isEqualTo("hello");
      assertThat(fetched(url)).isEqualTo("hello");
      assertThat(
              new ProcessBuilder("kill", "-" + signal, Long.toString(forward.pid()))
                  .start()
                  .waitFor())
          .isZero();
      assertThat(forward.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(isFree(URI.create(url).getPort())).isTrue();
      assertThat(directory.resolve("err"))
          .hasContent(
              "initrunner: that is port localhost:%d of my-build-box; Ctrl-C ends it"
                  .formatted(port));
      int expected =
          switch (signal) {
            case "INT" -> 130;
            case "TERM" -> 143;
            default -> 137;
          };
      assertThat(forward.exitValue()).isEqualTo(expected);
    } finally {
      forward.destroyForcibly();
      server.stop(0);
    }
    sshd.awaitNoClients();
  }

  @Test
  void aTakenPortOfThisMachineIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CapturedConsole console = CapturedConsole.of(Map.of());
      int port = FreePort.find();
      assertThat(
              console.run(
                  "forward",
                  role("think"),
                  "--no-audit",
                  Integer.toString(port),
                  Integer.toString(taken.getLocalPort())))
          .isEqualTo(ExitCodes.EXEC_FAILED);
      assertThat(console.stderr())
          .isEqualTo(
              """
              initrunner: port %d of this machine cannot be opened (Address already in use)
              Name another one, or 0 for any that is free.
              """
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void wordsThatCannotBeUsedAreSaid() throws IOException {
    String ssh = role("{ports: {allowed_hosts: [node7]}}");
    assertFault("the host's port is missing; write for example 3000", "forward", ssh);
    assertFault("PORT is '0'; allowed is a number from 1 to 65535", "forward", ssh, "0");
    assertFault("LOCAL is 'x'; allowed is a number from 0 to 65535", "forward", ssh, "80", "x");
    assertFault("'1' is one word too many", "forward", "--host", "h", "80", "1", "1");
    assertFault(
        "'node8' is not the host itself, and allowed is node7; write PORT alone, or list it",
        "forward",
        ssh,
        "node8:80");
    assertFault("there is no role file 3000; if that is a host", "forward", "3000", "3000");
    String here =
        Files.writeString(directory.resolve("here.yaml"), "name: a\nprompt: p\ntools: [think]\n")
            .toString();
    assertFault(
        "the role's tools run on this machine, whose ports are here already; open"
            + " http://127.0.0.1:3000",
        "forward",
        here,
        "3000");
  }

  private static void assertFault(String words, String... line) {
    CapturedConsole console = CapturedConsole.of(Map.of());
    assertThat(console.run(line)).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).startsWith("initrunner: " + words);
  }
}
