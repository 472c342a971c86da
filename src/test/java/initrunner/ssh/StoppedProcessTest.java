package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The ends of a link that stop for a while, as those of a machine that sleeps do.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StoppedProcessTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// Longer than the keep-alive's bound below.
  private static final Duration PAUSE = Duration.ofSeconds(4);

  private final CallsInFlight calls = new CallsInFlight();
  private SshTransport transport;
  private ProcessHandle master;

  @BeforeEach
  void open() throws Exception {
    transport =
        new SshTransport(
            sshd.targetVia(sshd.port(), "ServerAliveInterval 1", "ServerAliveCountMax 2"));
    transport.open();
    master = OwnMasters.process(OwnMasters.controlSocket());
  }

  @AfterEach
  void close() {
    transport.close();
    calls.close();
  }

  private static void signal(String name, Stream<Long> processes) throws Exception {
    for (Long process : processes.toList()) {
      assertThat(new ProcessBuilder("kill", "-" + name, process.toString()).start().waitFor())
          .isZero();
    }
  }

  private Ended run(String script) {
    return transport
        .run(
            Command.of("sh", "-c", script),
            Limits.timeout(Duration.ofSeconds(40)),
            new Captured(1000))
        .ended();
  }

  private void assertNextCallWorks() {
    assertThat(run("exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void afterASleepOfTheWholeMachineEveryCallEndsTruthfully() throws Exception {
    List<Future<Outcome>> before = calls.begin(transport, 3, "sleep 1; exit 5");
    // What serves the connection, and not what runs on it.
    List<Long> both = List.of(master.pid(), sessionProcess());
    signal("STOP", both.stream());
    Future<Ended> during = calls.submit(() -> run("exit 6"));
    Thread.sleep(PAUSE);
    signal("CONT", both.stream());
    for (Ended ended : CallsInFlight.ends(before)) {
      assertThat(ended)
          .satisfiesAnyOf(
              each -> assertThat(each).isEqualTo(new Exited(5)),
              each -> assertThat(each).isInstanceOf(Lost.class));
    }
    assertThat(during.get())
        .satisfiesAnyOf(
            each -> assertThat(each).isEqualTo(new Exited(6)),
            each -> assertThat(each).isInstanceOf(Lost.class));
    assertNextCallWorks();
  }

  @Test
  void aServerThatSleepsLosesItsCallsWithinTheKeepAliveBound() throws Exception {
    List<Future<Outcome>> before = calls.begin(transport, 3, "exec sleep 600");
    long session = sessionProcess();
    signal("STOP", Stream.of(session));
    assertThat(CallsInFlight.ends(before)).hasOnlyElementsOfType(Lost.class);
    assertNextCallWorks();
    signal("CONT", Stream.of(session));
    assertNextCallWorks();
  }

  @Test
  void aMasterThatIsStoppedForGoodIsEndedAllTheSame() throws Exception {
    signal("STOP", Stream.of(master.pid()));
    transport.close();
    master.onExit().get();
  }

  /// The master does not answer; so its end takes its time.
  private static void awaitEnding(Path controlSocket, long connectionsBefore) throws Exception {
    while (connections(controlSocket) == connectionsBefore) {
      Thread.sleep(10);
    }
  }

  private static long connections(Path controlSocket) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/net/unix"))) {
      return lines.filter(line -> line.contains(controlSocket.toString())).count();
    }
  }

  private static boolean isGone(ProcessHandle process) {
    // A process that its parent has not reaped yet has no program any more.
    return !process.isAlive() || process.info().command().isEmpty();
  }

  @Test
  void closingWaitsForTheEndOfAMasterThatWasIdle() throws Exception {
    SshTarget usual = sshd.target();
    SshTarget brief =
        new SshTarget(
            usual.host(), usual.identityFile(), usual.configFile(), usual.connectTimeout(), "1s");
    transport.close();
    transport = new SshTransport(brief);
    transport.open();
    Path controlSocket = OwnMasters.controlSocket();
    master = OwnMasters.process(controlSocket);
    long before = connections(controlSocket);
    signal("STOP", Stream.of(master.pid()));
    awaitEnding(controlSocket, before);
    transport.close();
    assertThat(isGone(master)).isTrue();
  }

  @Test
  void whoeverClosesSecondWaitsForTheEndOfTheMasterAsWell() throws Exception {
    closeTwice(transport);
  }

  @Test
  void soDoesWhoeverClosesTheOtherTransportSecond() throws Exception {
    transport.close();
    SshProcessTransport other = new SshProcessTransport(sshd.target());
    other.open();
    master = OwnMasters.process(OwnMasters.controlSocket());
    closeTwice(other);
  }

  private void closeTwice(Transport transport) throws Exception {
    Path controlSocket = OwnMasters.controlSocket();
    long before = connections(controlSocket);
    signal("STOP", Stream.of(master.pid()));
    Future<Boolean> first =
        calls.submit(() -> {
          transport.close();
          return true;
        });
    awaitEnding(controlSocket, before);
    transport.close();
    assertThat(isGone(master)).isTrue();
    assertThat(first.get()).isTrue();
  }

  /// So many wait for the master that no other caller can join them.
  private static List<SocketChannel> fillQueue(Path controlSocket) {
    List<SocketChannel> waiting = new ArrayList<>();
    try {
      while (true) {
        SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(next);
        next.configureBlocking(false);
        next.connect(UnixDomainSocketAddress.of(controlSocket));
      }
    } catch (IOException full) {
      return waiting;
    }
  }

  @Test
  void aMasterThatTakesNoConnectionForAWhileIsNotGivenUpByTheCallsThatCannotWait()
      throws Exception {
    List<Future<Outcome>> before = calls.begin(transport, 1, "sleep 1; exit 5");
    long logins = sshd.logins();
    signal("STOP", Stream.of(master.pid()));
    List<SocketChannel> waiting = fillQueue(OwnMasters.controlSocket());
    Limits limits = new Limits(Optional.of(Duration.ofMillis(500)), Duration.ofMillis(100));
    List<Future<Object>> during = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      during.add(calls.submit(() -> endOrFailure(limits)));
    }
    List<Object> ends = new ArrayList<>();
    for (Future<Object> each : during) {
      ends.add(each.get());
    }
    // One of them had the channel that was open already.
    assertThat(ends).filteredOn(TransportException.class::isInstance).hasSizeGreaterThan(2);
    for (SocketChannel each : waiting) {
      each.close();
    }
    signal("CONT", Stream.of(master.pid()));
    assertThat(CallsInFlight.ends(before)).containsOnly(new Exited(5));
    assertNextCallWorks();
    assertThat(sshd.logins()).isEqualTo(logins);
  }

  private Object endOrFailure(Limits limits) {
    try {
      return transport.run(Command.of("true"), limits, Sink.DISCARD).ended();
    } catch (TransportException e) {
      return e;
    }
  }

  /// The server's process that has the connection: what runs on it are its children.
  private static long sessionProcess() {
    return ProcessHandle.of(sshd.pid()).orElseThrow().children().findFirst().orElseThrow().pid();
  }
}
