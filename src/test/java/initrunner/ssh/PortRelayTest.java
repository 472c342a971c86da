package initrunner.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.FreePort;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.PortAddress;
import initrunner.ssh.client.SshTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PortRelayTest {

  private static final Limits MINUTE = Limits.timeout(Duration.ofMinutes(1));

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 2");

  private static SshTransport transport;

  @BeforeAll
  static void open() {
    transport = new SshTransport(sshd.target());
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  /// What a program at a port of the host does with one connection.
  private interface Talk {
    void with(Socket connection) throws IOException;
  }

  private static ServerSocket serving(Talk talk) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket connection = server.accept();
              Thread.ofVirtual()
                  .start(() -> {
                    try (connection) {
                      talk.with(connection);
                    } catch (IOException closed) {
                      // The test looks at what the other side got.
                    }
                  });
            }
          } catch (IOException closed) {
            // The test is over.
          }
        });
    return server;
  }

  private static void echo(Socket connection) throws IOException {
    connection.getInputStream().transferTo(connection.getOutputStream());
  }

  private static PortAddress at(ServerSocket server) {
    return PortAddress.loopback(server.getLocalPort());
  }

  /// Input that does not end.
  private static InputStream open(byte[] first, CountDownLatch end) {
    return new InputStream() {
      private int next;

      @Override
      public int read() throws IOException {
        if (next < first.length) {
          return first[next++] & 0xFF;
        }
        try {
          end.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        return -1;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int one = read();
        if (one < 0) {
          return -1;
        }
        bytes[offset] = (byte) one;
        return 1;
      }
    };
  }

  /// A connection that is made for certain once it has come back.
  private static Stdin oneByteAndNoEnd(CountDownLatch end) {
    return new Stdin.Stream(open(new byte[] {'x'}, end));
  }

  private static Sink told(CountDownLatch came) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        came.countDown();
      }

      @Override
      public void stderr(ByteBuffer bytes) {}
    };
  }

  private static void assertCommandsRun() {
    Captured said = new Captured(100);
    assertThat(transport.run(Command.of("echo", "hi"), MINUTE, said).ended())
        .isEqualTo(new Exited(0));
    assertThat(said.stdoutText()).isEqualTo("hi\n");
  }

  @Test
  void whatIsSentArrivesAndWhatComesBackIsGiven() throws IOException {
    byte[] much = new byte[5_000_000];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) (i * 31 >> 3);
    }
    Captured back = new Captured(2 * much.length);
    try (ServerSocket server = serving(PortRelayTest::echo)) {
      Outcome outcome = transport.relay(at(server), new Stdin.Bytes(much), MINUTE, back);
      assertThat(outcome.ended()).isEqualTo(new Exited(0));
      assertThat(outcome.output()).isEqualTo(OutputEnd.COMPLETE);
    }
    assertThat(back.stdoutKept()).isEqualTo(much);
  }

  @Test
  void aConnectionIsOverWhenTheFarSideHasSentItsEndThoughTheInputHasNone() throws IOException {
    Captured back = new Captured(100);
    CountDownLatch never = new CountDownLatch(1);
    try (ServerSocket server =
        serving(connection -> connection.getOutputStream().write("bye".getBytes(US_ASCII)))) {
      Stdin input = new Stdin.Stream(open("hello".getBytes(US_ASCII), never));
      assertThat(transport.relay(at(server), input, MINUTE, back).ended()).isEqualTo(new Exited(0));
    }
    assertThat(back.stdoutText()).isEqualTo("bye");
  }

  /// A socket that saw a refusal and is closed ends the master, with all calls on it.
  @Test
  void refusalsLeaveTheConnectionAndItsCallsAlone() throws Exception {
    PortAddress closed = PortAddress.loopback(FreePort.find());
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch runs = new CountDownLatch(1);
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> call =
          caller.submit(() ->
              transport.run(Command.of("cat").withStdin(oneByteAndNoEnd(end)), MINUTE, told(runs)));
      runs.await();
      for (int i = 0; i < 50; i++) {
        TransportException refusal =
            catchThrowableOfType(
                TransportException.class,
                () -> transport.relay(closed, Stdin.nothing(), MINUTE, Sink.DISCARD));
        assertThat(refusal.kind()).isEqualTo(Kind.PORT_CLOSED);
        assertThat(refusal)
            .hasMessage(
                "no program takes connections at localhost:%d of 'my-build-box' (Connection refused)"
                    .formatted(closed.port()));
        assertThat(refusal.remedy()).contains("Start the server there, or wait until it listens");
      }
      try (ServerSocket server = serving(PortRelayTest::echo)) {
        Captured back = new Captured(100);
        transport.relay(at(server), Stdin.text("after"), MINUTE, back);
        assertThat(back.stdoutText()).isEqualTo("after");
      }
      end.countDown();
      assertThat(call.get().ended()).isEqualTo(new Exited(0));
    }
  }

  @Test
  void aNameThatTheHostDoesNotKnowIsSaid() {
    TransportException refusal =
        catchThrowableOfType(
            TransportException.class,
            () ->
                transport.relay(
                    new PortAddress("no-such-host.invalid", 80),
                    Stdin.nothing(),
                    MINUTE,
                    Sink.DISCARD));
    assertThat(refusal.kind()).isEqualTo(Kind.NAME_UNKNOWN);
    assertThat(refusal).hasMessageContaining("does not know the name no-such-host.invalid");
  }

  @Test
  void connectionsTakeNoSessions() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch connected = new CountDownLatch(20);
    try (ServerSocket server = serving(PortRelayTest::echo);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> relays = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        relays.add(
            callers.submit(
                () -> transport.relay(at(server), oneByteAndNoEnd(end), MINUTE, told(connected))));
      }
      connected.await();
      assertCommandsRun();
      end.countDown();
      for (Future<Outcome> relay : relays) {
        assertThat(relay.get().ended()).isEqualTo(new Exited(0));
      }
    }
  }

  @Test
  void aConnectionEndsWithItsTimeAndWithAnInterrupt() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch connected = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(2);
    try (ServerSocket server =
            serving(connection -> {
              echo(connection);
              ended.countDown();
            });
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Limits shorter = Limits.timeout(Duration.ofSeconds(1));
      assertThat(transport.relay(at(server), oneByteAndNoEnd(never), shorter, Sink.DISCARD).ended())
          .isEqualTo(new TimedOut(Stop.STOPPED));
      Future<Outcome> relay =
          callers.submit(
              () -> transport.relay(at(server), oneByteAndNoEnd(never), MINUTE, told(connected)));
      connected.await();
      callers.shutdownNow();
      assertThat(relay.get().ended()).isEqualTo(new Cancelled(Stop.STOPPED));
      ended.await();
    }
    assertCommandsRun();
  }

  @Test
  void aMasterIsNotIdleWhileAConnectionGoesOverIt() throws Exception {
    SshTarget target = sshd.target();
    SshTarget impatient =
        new SshTarget(
            target.host(), Optional.empty(), target.configFile(), Duration.ofSeconds(10), "1s");
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch connected = new CountDownLatch(1);
    try (SshTransport own = new SshTransport(impatient);
        ServerSocket server = serving(PortRelayTest::echo);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> relay =
          callers.submit(
              () -> own.relay(at(server), oneByteAndNoEnd(end), MINUTE, told(connected)));
      connected.await();
      // Longer than the idle bound.
      Thread.sleep(Duration.ofSeconds(3));
      end.countDown();
      assertThat(relay.get().ended()).isEqualTo(new Exited(0));
    }
  }

  @Test
  void aSinkThatThrowsEndsTheConnectionAlone() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (ServerSocket server =
        serving(connection -> {
          OutputStream out = connection.getOutputStream();
          try {
            while (true) {
              out.write(new byte[10_000]);
            }
          } finally {
            ended.countDown();
          }
        })) {
      Sink enough =
          new Sink() {
            @Override
            public void stdout(ByteBuffer bytes) {
              throw new IllegalStateException("enough");
            }

            @Override
            public void stderr(ByteBuffer bytes) {}
          };
      assertThat(
              catchThrowableOfType(
                  IllegalStateException.class,
                  () -> transport.relay(at(server), Stdin.nothing(), MINUTE, enough)))
          .hasMessage("enough");
      ended.await();
    }
    assertCommandsRun();
  }

  @Test
  void aConnectionIsLostWithItsMasterAndTheNextOneLogsInAgain() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch connected = new CountDownLatch(1);
    try (SshTransport own = new SshTransport(sshd.target());
        ServerSocket server = serving(PortRelayTest::echo);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> relay =
          callers.submit(
              () -> own.relay(at(server), oneByteAndNoEnd(never), MINUTE, told(connected)));
      connected.await();
      sshd.clients().stream()
          .flatMap(client -> ProcessHandle.of(client).stream())
          .forEach(ProcessHandle::destroyForcibly);
      assertThat(relay.get().ended()).isInstanceOf(Lost.class);
      Captured back = new Captured(100);
      own.relay(at(server), Stdin.text("again"), MINUTE, back);
      assertThat(back.stdoutText()).isEqualTo("again");
    }
  }

  @Test
  void closingTheTransportEndsItsConnections() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch connected = new CountDownLatch(1);
    SshTransport own = new SshTransport(sshd.target());
    try (own;
        ServerSocket server = serving(PortRelayTest::echo);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> relay =
          callers.submit(
              () -> own.relay(at(server), oneByteAndNoEnd(never), MINUTE, told(connected)));
      connected.await();
      own.close();
      assertThat(relay.get().ended()).isEqualTo(new Cancelled(Stop.STOPPED));
    }
  }

  @Nested
  class WhereTheServerForbidsIt {

    @RegisterExtension
    static final SshdExtension strict = new SshdExtension("AllowTcpForwarding no");

    @Test
    void thatIsSaidAndCommandsRunOn() throws IOException {
      SshTarget target = strict.target();
      try (SshTransport own = new SshTransport(target);
          ServerSocket server = serving(PortRelayTest::echo)) {
        TransportException refusal =
            catchThrowableOfType(
                TransportException.class,
                () -> own.relay(at(server), Stdin.nothing(), MINUTE, Sink.DISCARD));
        assertThat(refusal.kind()).isEqualTo(Kind.PORT_FORBIDDEN);
        assertThat(refusal.remedy()).contains("AllowTcpForwarding");
        assertThat(own.run(Command.of("true"), MINUTE, Sink.DISCARD).ended())
            .isEqualTo(new Exited(0));
      }
    }
  }
}
