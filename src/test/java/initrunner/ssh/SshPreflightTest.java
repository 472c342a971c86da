package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said where no command can run, each from its real cause.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SshPreflightTest {

  private static TransportException failureOf(SshTarget target) {
    try (SshProcessTransport transport = new SshProcessTransport(target)) {
      TransportException e = catchThrowableOfType(TransportException.class, transport::open);
      assertThat(e.remedy())
          .as("what a person types reads the same configuration")
          .doesNotContainPattern("ssh (?!-F " + target.configFile().get() + " )(-|my-build-box)");
      return e;
    }
  }

  private static SshTarget withTimeout(SshTarget target, int seconds) {
    return new SshTarget(
        target.host(),
        target.identityFile(),
        target.configFile(),
        Duration.ofSeconds(seconds),
        target.controlPersist());
  }

  @Nested
  class OnTheWayToAServer {

    @RegisterExtension static final SshdExtension sshd = new SshdExtension();

    @TempDir Path directory;

    private SshTarget targetOf(String... lines) throws IOException {
      Path file = directory.resolve("ssh_config");
      Files.write(file, List.of(lines));
      return new SshTarget(
          SshdExtension.HOST, Optional.empty(), Optional.of(file), Duration.ofSeconds(5), "60s");
    }

    @Test
    void aHostThatAnswersPasses() {
      try (SshProcessTransport transport = new SshProcessTransport(sshd.target())) {
        transport.open();
        transport.open();
      }
    }

    @Test
    void withoutAnSshThereIsAWordOnHowToGetOne() {
      try (SshProcessTransport transport =
          new SshProcessTransport(sshd.target(), directory.toString())) {
        TransportException e = catchThrowableOfType(TransportException.class, transport::open);
        assertThat(e.kind()).isEqualTo(Kind.CLIENT_MISSING);
        assertThat(e).hasMessage("ssh client not found on PATH");
        assertThat(e.remedy())
            .contains("apt install openssh-client")
            .contains("brew install openssh")
            .contains("dnf install openssh-clients");
      }
    }

    @Test
    void anSshThatCannotRunIsNamed() throws IOException {
      Path program = directory.resolve("ssh");
      Files.writeString(program, "#!/nonexistent/interpreter\n");
      assertThat(program.toFile().setExecutable(true)).isTrue();
      try (SshProcessTransport transport =
          new SshProcessTransport(sshd.target(), directory.toString())) {
        TransportException e = catchThrowableOfType(TransportException.class, transport::open);
        assertThat(e).hasMessageContaining(program.toString());
      }
    }

    @Test
    void aNameThatDoesNotResolve() throws IOException {
      TransportException e =
          failureOf(targetOf("Host " + SshdExtension.HOST, "  HostName no..such"));
      assertThat(e.kind()).isEqualTo(Kind.NAME_UNKNOWN);
      assertThat(e.target()).isEqualTo(SshdExtension.HOST);
      assertThat(e)
          .hasMessageStartingWith(
              "ssh probe to 'my-build-box' returned rc=255: ssh: Could not resolve hostname no..such");
      assertThat(e.remedy()).contains("ssh -F " + directory + "/ssh_config -G my-build-box");
    }

    @Test
    void aPortInAHostsNameIsToldWhereItBelongs() throws IOException {
      SshTarget named = targetOf("Host *", "  CanonicalizeHostname no");
      SshTarget withPort =
          new SshTarget(
              "root@127.0.0.1:2299",
              Optional.empty(),
              named.configFile(),
              named.connectTimeout(),
              named.controlPersist());

      TransportException e = failureOf(withPort);

      assertThat(e.kind()).isEqualTo(Kind.NAME_UNKNOWN);
      assertThat(e.remedy())
          .startsWith("A port is no part of a host's name: write ssh://root@127.0.0.1:2299, or");
    }

    @Test
    void aPortThatNobodyListensOn() throws IOException {
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      TransportException e = failureOf(sshd.targetVia(port));
      assertThat(e.kind()).isEqualTo(Kind.REFUSED);
      assertThat(e).hasMessageContaining("returned rc=255").hasMessageContaining("refused");
      assertThat(e.remedy()).contains("sshd runs on that host");
    }

    @Test
    void aServerThatNeverAnswers() throws IOException {
      try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        TransportException e = failureOf(withTimeout(sshd.targetVia(silent.getLocalPort()), 1));
        assertThat(e.kind()).isEqualTo(Kind.CONNECT_TIMEOUT);
        assertThat(e).hasMessageStartingWith("ssh connection to 'my-build-box' timed out");
        assertThat(e.remedy()).contains("connect_timeout");
      }
    }

    @Test
    void aServerThatClosesAtOnce() throws Exception {
      TransportException e = failureOfServer("");
      assertThat(e.kind()).isEqualTo(Kind.LINK_DOWN);
      assertThat(e).hasMessageContaining("returned rc=255");
      assertThat(e.remedy()).contains("MaxStartups");
    }

    @Test
    void aServerThatIsNoSshServer() throws Exception {
      TransportException e =
          failureOfServer("HTTP/1.1 400 Bad Request\r\n" + "x: y\r\n".repeat(3000));
      assertThat(e.kind()).isEqualTo(Kind.PROTOCOL);
      assertThat(e.remedy()).contains("port");
    }

    private TransportException failureOfServer(String greeting) throws Exception {
      try (ExecutorService server = Executors.newVirtualThreadPerTaskExecutor();
          ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        Future<?> _ =
            server.submit(() -> {
              while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                  connection.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
                  connection.getOutputStream().flush();
                  connection.shutdownOutput();
                }
              }
              return greeting;
            });
        return failureOf(sshd.targetVia(socket.getLocalPort()));
      }
    }

    @Test
    void aHostKeyThatIsNotKnown() {
      TransportException e =
          failureOf(sshd.targetVia(sshd.port(), "UserKnownHostsFile " + directory + "/none"));
      assertThat(e.kind()).isEqualTo(Kind.HOST_KEY_UNKNOWN);
      assertThat(e).hasMessageContaining("Host key verification failed");
      assertThat(e.remedy()).contains("fingerprint").contains(" my-build-box");
    }

    @Test
    void aHostKeyThatIsAnotherOne() throws IOException {
      String other = Files.readString(Path.of(sshd.key() + ".pub"));
      Files.writeString(
          directory.resolve("known_hosts"), "[127.0.0.1]:" + sshd.port() + " " + other);
      TransportException e =
          failureOf(
              sshd.targetVia(sshd.port(), "UserKnownHostsFile " + directory + "/known_hosts"));
      assertThat(e.kind()).isEqualTo(Kind.HOST_KEY_CHANGED);
      assertThat(e)
          .hasMessageContaining("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!")
          .hasMessageContaining("known_hosts:1");
      assertThat(e.getMessage()).doesNotContain("@@").doesNotContain("\n");
      assertThat(e.getMessage()).doesNotContain("NASTY").doesNotContain("ssh-keygen");
      assertThat(e.remedy())
          .contains("before anything else")
          .contains(
              "ssh-keygen -f "
                  + directory
                  + "/known_hosts -R '[127.0.0.1]:"
                  + sshd.port()
                  + "', then connect once by hand: ssh -F ");
    }

    @Test
    void aKeyThatTheHostDoesNotAccept() {
      TransportException e =
          failureOf(
              sshd.targetVia(
                  sshd.port(),
                  "IdentityFile " + sshd.directory() + "/host_key",
                  "IdentitiesOnly yes",
                  "PubkeyAuthentication no"));
      assertThat(e.kind()).isEqualTo(Kind.AUTHENTICATION);
      assertThat(e).hasMessageContaining("Permission denied");
      assertThat(e.remedy())
          .contains("ssh-add -l")
          .contains(" -o BatchMode=yes -v my-build-box true");
    }

    @Test
    void aLineOfTheConfigurationThatSshDoesNotKnow() throws IOException {
      TransportException e = failureOf(targetOf("Host *", "  Frobnicate yes"));
      assertThat(e.kind()).isEqualTo(Kind.CLIENT_CONFIGURATION);
      assertThat(e)
          .hasMessageContaining("line 2: Bad configuration option: frobnicate")
          .hasMessageContaining(directory + "/ssh_config");
    }

    @Test
    void unknownLinesThatTheUserHasAllowedAreNotRefused() {
      SshTarget target =
          sshd.targetVia(sshd.port(), "IgnoreUnknown UseKeychain,Frobnicate", "UseKeychain yes");
      try (SshProcessTransport transport = new SshProcessTransport(target)) {
        transport.open();
      }
    }

    @Test
    void aConfigurationFileThatIsNotThere() {
      TransportException e =
          failureOf(
              new SshTarget(
                  "h",
                  Optional.empty(),
                  Optional.of(directory.resolve("none")),
                  Duration.ofSeconds(5),
                  "60s"));
      assertThat(e.kind()).isEqualTo(Kind.CLIENT_CONFIGURATION);
      assertThat(e).hasMessageContaining("none: No such file or directory");
    }

    @ParameterizedTest
    @CsvSource({"echo only this, only this", "true, nothing else"})
    void aKeyBoundToACommandOfItsOwn(String command, String said) throws IOException {
      Path authorizedKeys = sshd.directory().resolve("authorized_keys");
      String before = Files.readString(authorizedKeys);
      try {
        Files.writeString(authorizedKeys, "restrict,command=\"" + command + "\" " + before);
        TransportException e = failureOf(sshd.target());
        assertThat(e.kind()).isEqualTo(Kind.FORBIDDEN);
        assertThat(e)
            .hasMessage(
                "'my-build-box' does not run the commands it is given:"
                    + " it answered rc=0 and "
                    + said);
        assertThat(e.remedy()).contains("command= in authorized_keys");
      } finally {
        Files.writeString(authorizedKeys, before);
      }
      assertThat(sshd.clients()).isEmpty();
    }

    @Test
    void anInterruptWhileConnectingIsNoTimeout() throws Exception {
      try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
          SshProcessTransport transport =
              new SshProcessTransport(sshd.targetVia(silent.getLocalPort()))) {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread caller =
            Thread.ofVirtual()
                .start(() -> {
                  TransportException e =
                      catchThrowableOfType(
                          TransportException.class,
                          () ->
                              transport.run(
                                  Command.of("true"), Limits.unbounded(), new Captured(100)));
                  assertThat(e.kind()).isEqualTo(Kind.LINK_DOWN);
                  assertThat(e).hasMessage("interrupted while connecting to 'my-build-box'");
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                  interrupted.countDown();
                });
        silent.accept().getOutputStream().flush();
        caller.interrupt();
        interrupted.await();
      }
    }

    @Test
    void aCallsOwnTimeEndsItsWaitForTheConnection() throws IOException {
      try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
          SshProcessTransport transport =
              new SshProcessTransport(sshd.targetVia(silent.getLocalPort()))) {
        TransportException e =
            catchThrowableOfType(
                TransportException.class,
                () ->
                    transport.run(
                        Command.of("true"),
                        Limits.timeout(Duration.ofMillis(300)),
                        new Captured(100)));
        assertThat(e.kind()).isEqualTo(Kind.CONNECT_TIMEOUT);
        assertThat(e).hasMessageContaining("the call's time was up");
      }
    }

    @Test
    void closingEndsAConnectionThatIsBeingMade() throws Exception {
      try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        SshProcessTransport transport =
            new SshProcessTransport(sshd.targetVia(silent.getLocalPort()));
        Future<TransportException> failure =
            callers.submit(() -> catchThrowableOfType(TransportException.class, transport::open));
        Socket connection = silent.accept();
        int greeting = connection.getInputStream().read();
        transport.close();
        assertThat(failure.get().kind()).isEqualTo(Kind.LINK_DOWN);
        assertThat(greeting).as("of an ssh that had come to speak").isEqualTo('S');
        assertThat(connection.getInputStream().readAllBytes())
            .as("the rest of it, up to the end of that ssh")
            .startsWith("SH-".getBytes(StandardCharsets.US_ASCII));
      }
    }

    @Test
    void afterwardsNoPrivateDirectoryOfThisProcessIsLeft() throws IOException {
      assertThat(failureOf(sshd.targetVia(1))).isNotNull();
      assertThat(PrivateDirectories.of(ProcessHandle.current().pid())).isEmpty();
    }
  }

  @Nested
  class UnderAForcedCommand {

    @RegisterExtension
    static final SshdExtension forced = new SshdExtension("ForceCommand echo no; exit 7");

    @Test
    void itsStatusAndOutputAreShown() {
      TransportException e = failureOf(forced.target());
      assertThat(e.kind()).isEqualTo(Kind.FORBIDDEN);
      assertThat(e).hasMessage("ssh probe to 'my-build-box' returned rc=7: no");
      assertThat(e.remedy()).contains("restrictions of its key");
    }
  }

  @Nested
  class WhereOnlyFilesMayBeTransferred {

    @RegisterExtension
    static final SshdExtension files = new SshdExtension("ForceCommand internal-sftp");

    @Test
    void thatIsSaid() {
      TransportException e = failureOf(files.target());
      assertThat(e.kind()).isEqualTo(Kind.FORBIDDEN);
      assertThat(e.remedy()).contains("may transfer files only");
    }
  }

  @Nested
  class AsAnAccountWithoutALoginShell {

    @RegisterExtension
    static final SshdExtension nobody =
        new SshdExtension().as("initrunner-nologin", "/usr/sbin/nologin");

    @Test
    void thatIsSaid() {
      TransportException e = failureOf(nobody.target());
      assertThat(e.kind()).isEqualTo(Kind.FORBIDDEN);
      assertThat(e)
          .hasMessage(
              "ssh probe to 'my-build-box' returned rc=1:"
                  + " This account is currently not available.");
      assertThat(e.remedy()).contains("no login shell");
    }
  }

  @Nested
  class WhereNoSessionIsAllowed {

    @RegisterExtension static final SshdExtension none = new SshdExtension("MaxSessions 0");

    @Test
    void thatIsSaid() {
      TransportException e = failureOf(none.target());
      assertThat(e.kind()).isEqualTo(Kind.SESSION_LIMIT);
      assertThat(e.remedy()).contains("MaxSessions");
    }
  }

  @Nested
  class WhereTheLoginShellHangs {

    @RegisterExtension static final SshdExtension hanging = new SshdExtension();

    @Test
    void thatIsSaidAndNothingIsLeftBehind() throws IOException {
      Files.writeString(hanging.home().resolve(".bashrc"), "sleep 600\n");
      TransportException e = failureOf(withTimeout(hanging.target(), 1));
      assertThat(e.kind()).isEqualTo(Kind.FORBIDDEN);
      assertThat(e)
          .hasMessage("'my-build-box' was reached, but `true` did not end there within 10 s");
      assertThat(e.remedy()).contains("~/.bashrc");
      hanging.awaitNoClients();
    }
  }
}
