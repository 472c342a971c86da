package initrunner.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The demo's server, through the real `ssh` and through a client that can send what `ssh` cannot.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DemoServerTest {

  private static final Duration BOUND = Duration.ofSeconds(30);

  private static DemoWorkspace workspace;
  private static DemoServer server;
  private static SshProcessTransport transport;

  @BeforeAll
  static void start() {
    workspace = DemoWorkspace.create();
    server =
        DemoServer.start(workspace.hostKey(), workspace.userKey().getPublic(), workspace.home());
    workspace.writeConfiguration(server.port());
    transport = new SshProcessTransport(target(workspace.sshConfig()));
    transport.open();
  }

  @AfterAll
  static void stop() {
    transport.close();
    server.close();
    workspace.close();
  }

  private static SshTarget target(Path configuration) {
    return new SshTarget(
        DemoWorkspace.HOST,
        Optional.empty(),
        Optional.of(configuration),
        Duration.ofSeconds(10),
        "60s");
  }

  private record Ran(Ended ended, String stdout, String stderr) {}

  private static Ran run(Command command, Duration timeout) {
    Captured captured = new Captured(1 << 20);
    Ended ended = transport.run(command, Limits.timeout(timeout), captured).ended();
    return new Ran(ended, captured.stdoutText(), captured.stderrText());
  }

  private static Ran sh(String script) {
    return run(Command.of("sh", "-c", script), BOUND);
  }

  @Test
  void streamsAndStatusComeBack() {
    assertThat(sh("printf out; printf err >&2; exit 3"))
        .isEqualTo(new Ran(new Ended.Exited(3), "out", "err"));
  }

  @Test
  void commandsStartInTheHomeDirectoryAndKnowTheirConnection() {
    Ran ran = sh("pwd -P; echo $HOME; echo $SSH_CONNECTION; echo $USER");
    assertThat(ran.stdout().lines().toList())
        .satisfiesExactly(
            pwd -> assertThat(pwd).isEqualTo(workspace.home().toRealPath().toString()),
            home -> assertThat(home).isEqualTo(workspace.home().toString()),
            connection ->
                assertThat(connection).matches("127.0.0.1 \\d+ 127.0.0.1 " + server.port()),
            user -> assertThat(user).isEqualTo("demo"));
  }

  @Test
  void commandsGetNothingElseOfThisProcessesEnvironment() {
    assertThat(sh("env | cut -d= -f1").stdout().lines())
        .isSubsetOf(
            "PATH",
            "LANG",
            "LC_ALL",
            "TZ",
            "TMPDIR",
            "HOME",
            "SHELL",
            "USER",
            "PWD",
            "OLDPWD",
            "SHLVL",
            "_",
            "SSH_CONNECTION",
            "INITRUNNER_CALL");
  }

  @Test
  void inputArrivesWholeAndEnds() {
    byte[] content = "0123456789abcdef".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
    Ran ran = run(Command.of("wc", "-c").withStdin(new Stdin.Bytes(content)), BOUND);
    assertThat(ran.stdout().strip()).isEqualTo("3200000");
  }

  @Test
  void aTimeoutStopsTheCommandAndProvesIt() {
    assertThat(run(Command.of("sleep", "600"), Duration.ofMillis(700)).ended())
        .isEqualTo(new Ended.TimedOut(Stop.STOPPED));
  }

  @Test
  void tenSessionsRunAtOnce() throws Exception {
    // Each waits until all ten have begun.
    String meet = "until [ $(ls ten | wc -l) -eq 10 ]; do sleep 0.1; done";
    Set<String> answers = new HashSet<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Ran>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String script = "mkdir -p ten; : > ten/" + i + "; " + meet + "; echo " + i;
        calls.add(callers.submit(() -> sh(script)));
      }
      for (Future<Ran> call : calls) {
        assertThat(call.get().ended()).isEqualTo(new Ended.Exited(0));
        answers.add(call.get().stdout().strip());
      }
    }
    assertThat(answers).hasSize(10);
  }

  @Test
  void anotherKeyIsRefused() {
    try (DemoWorkspace stranger = DemoWorkspace.create()) {
      stranger.writeConfiguration(server.port());
      copyKnownHosts(stranger);
      try (SshProcessTransport other = new SshProcessTransport(target(stranger.sshConfig()))) {
        TransportException refusal =
            catchThrowableOfType(TransportException.class, () -> other.open());
        assertThat(refusal.kind()).isEqualTo(TransportException.Kind.AUTHENTICATION);
      }
    }
  }

  private static void copyKnownHosts(DemoWorkspace stranger) {
    try {
      Files.writeString(
          stranger.root().resolve("known_hosts"),
          Files.readString(workspace.root().resolve("known_hosts")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aSignalRequestReachesTheProcessGroupAndIsReportedAsTheEnd() throws Exception {
    try (SshClient client = client();
        ClientSession session = login(client);
        ChannelExec channel = session.createExecChannel("sleep 600 & echo go; wait; exit 5")) {
      channel.open().verify(BOUND);
      awaitGo(channel);
      signal(session, channel, "TERM");
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), BOUND);
      assertThat(channel.getExitSignal()).isEqualTo("TERM");
      assertThat(channel.getExitStatus()).isNull();
    }
  }

  @Test
  void anExitStatusStaysOneThoughASignalWasHandled() throws Exception {
    try (SshClient client = client();
        ClientSession session = login(client);
        ChannelExec channel =
            session.createExecChannel("trap 'exit 7' USR1; echo go; while :; do sleep 0.1; done")) {
      channel.open().verify(BOUND);
      awaitGo(channel);
      signal(session, channel, "USR1");
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), BOUND);
      assertThat(channel.getExitStatus()).isEqualTo(7);
    }
  }

  @Test
  void aClosedChannelEndsItsCommand() throws Exception {
    Path mark = workspace.home().resolve("closed");
    try (SshClient client = client();
        ClientSession session = login(client)) {
      ChannelExec channel =
          session.createExecChannel(
              "trap 'echo ended > closed; exit' TERM; echo go; sleep 600 & wait");
      channel.open().verify(BOUND);
      awaitGo(channel);
      channel.close(false).await(BOUND);
      // Over the other connection: until the file is there.
      assertThat(sh("until [ -s closed ]; do sleep 0.1; done").ended())
          .isEqualTo(new Ended.Exited(0));
      assertThat(mark).hasContent("ended");
    }
  }

  @Test
  void aClosedChannelEndsACommandThatPutAnotherEnvironmentOn() throws Exception {
    try (SshClient client = client();
        ClientSession session = login(client)) {
      ChannelExec channel =
          session.createExecChannel("exec env -i sh -c 'echo $$ > bare; echo go; exec sleep 600'");
      channel.open().verify(BOUND);
      awaitGo(channel);
      channel.close(false).await(BOUND);
      assertThat(sh("while kill -0 $(cat bare) 2>/dev/null; do sleep 0.1; done").ended())
          .isEqualTo(new Ended.Exited(0));
    }
  }

  @Test
  void environmentRequestsAreAccepted() throws Exception {
    try (SshClient client = client();
        ClientSession session = login(client);
        ChannelExec channel = session.createExecChannel("echo $GREETING")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      channel.setOut(out);
      channel.setEnv("GREETING", "hello");
      channel.open().verify(BOUND);
      channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), BOUND);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello\n");
    }
  }

  private static SshClient client() {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier((session, address, key) -> true);
    client.start();
    return client;
  }

  private static ClientSession login(SshClient client) throws IOException {
    ClientSession session =
        client.connect("demo", "127.0.0.1", server.port()).verify(BOUND).getSession();
    session.addPublicKeyIdentity(workspace.userKey());
    session.auth().verify(BOUND);
    return session;
  }

  private static void awaitGo(ChannelExec channel) throws IOException {
    assertThat(channel.getInvertedOut().readNBytes(3)).asString().isEqualTo("go\n");
  }

  private static void signal(ClientSession session, ChannelExec channel, String name)
      throws IOException {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
    request.putUInt(channel.getRecipient());
    request.putString("signal");
    request.putBoolean(false);
    request.putString(name);
    session.writePacket(request);
  }
}
