package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshClientLog;
import initrunner.ssh.client.SshLogFile;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.ChannelMessage;
import initrunner.ssh.mux.FrameWriter.WantReply;
import initrunner.ssh.mux.MasterControl;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a client of a master can do that ends it for every other call. A scripted client does each
/// of it beside a call of ours, which is lost then; so these tests would see it. Then our own calls
/// are brought to where they might do the same, and the call beside them ends with its own result,
/// on the same master.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MasterHazardTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 40");

  /// The call beside has its only session.
  @RegisterExtension static final SshdExtension full = new SshdExtension("MaxSessions 1");

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final CallsInFlight calls = new CallsInFlight();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    calls.close();
  }

  /// A link with a call on it that waits for a file, and the master that has both.
  private final class Beside<T extends Transport> implements AutoCloseable {
    final Relay relay;
    final T transport;
    final Path controlSocket;
    final ProcessHandle master;
    private final Path goOn;
    private final Future<Outcome> call;

    Beside(SshdExtension server, Function<SshTarget, T> opener) throws Exception {
      opened.add(this);
      relay = new Relay(server.port(), Duration.ZERO);
      transport = opener.apply(server.targetVia(relay.port()));
      transport.open();
      controlSocket = OwnMasters.controlSocket();
      master = OwnMasters.process(controlSocket);
      goOn = server.home().resolve("go-on-" + System.nanoTime());
      String script = "until [ -e " + goOn + " ]; do sleep 0.1; done; exit 5";
      call = calls.begin(transport, 1, script).getFirst();
    }

    void assertLostWithTheMaster() throws Exception {
      master.onExit().get();
      relay.heal();
      assertThat(call.get().ended()).isInstanceOf(Lost.class);
    }

    void assertUnharmed() throws Exception {
      relay.heal();
      Files.createFile(goOn);
      assertThat(call.get().ended()).isEqualTo(new Exited(5));
      assertThat(OwnMasters.process(controlSocket)).isEqualTo(master);
      assertThat(run(transport, "exit 4", Duration.ofSeconds(30))).isEqualTo(new Exited(4));
      assertThat(OwnMasters.process(controlSocket)).isEqualTo(master);
    }

    @Override
    public void close() throws IOException {
      if (!Files.exists(goOn)) {
        Files.createFile(goOn);
      }
      transport.close();
      relay.close();
    }
  }

  private static Ended run(Transport transport, String script, Duration timeout) {
    Limits limits = new Limits(Optional.of(timeout), Duration.ofMillis(100));
    return transport.run(Command.of("sh", "-c", script), limits, new Captured(100)).ended();
  }

  /// How each of many calls ended: as a value, or as the kind of its refusal.
  private static List<Object> ends(List<Future<Ended>> calls) throws InterruptedException {
    List<Object> ends = new ArrayList<>();
    for (Future<Ended> call : calls) {
      try {
        ends.add(call.get());
      } catch (ExecutionException e) {
        ends.add(e.getCause() instanceof TransportException refused ? refused.kind() : e);
      }
    }
    return ends;
  }

  /// Calls that give up after a while: every other by its timeout, the rest by an interrupt.
  private List<Object> givingUp(Transport transport, int count, Duration after) throws Exception {
    List<Future<Ended>> given = new ArrayList<>();
    List<Thread> interrupted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      FutureTask<Ended> call =
          new FutureTask<>(() -> run(transport, "exec sleep 600", Duration.ofSeconds(30)));
      if (i % 2 == 0) {
        given.add(calls.submit(() -> run(transport, "exec sleep 600", after)));
      } else {
        given.add(call);
        interrupted.add(Thread.ofVirtual().start(call));
      }
    }
    Thread.sleep(after);
    interrupted.forEach(Thread::interrupt);
    return ends(given);
  }

  @Nested
  class AScriptedClient {

    @Test
    void endsTheMasterByLeavingWithAnOpenUnanswered() throws Exception {
      Beside<SshTransport> beside = new Beside<>(sshd, SshTransport::new);
      ProxyClient client = new ProxyClient(beside.controlSocket);
      beside.relay.stall();
      client.sendOpen();
      client.close();
      beside.assertLostWithTheMaster();
    }

    @Test
    void endsTheMasterByLeavingAfterARefusal() throws Exception {
      Beside<SshTransport> beside = new Beside<>(full, SshTransport::new);
      ProxyClient client = new ProxyClient(beside.controlSocket);
      client.sendOpen();
      client.await(ChannelMessage.CHANNEL_OPEN_FAILURE);
      client.close();
      beside.assertLostWithTheMaster();
    }

    @Test
    void endsTheConnectionByASignalBehindItsClose() throws Exception {
      Beside<SshTransport> beside = new Beside<>(sshd, SshTransport::new);
      try (ProxyClient client = new ProxyClient(beside.controlSocket);
          ProxyClient other = new ProxyClient(beside.controlSocket)) {
        int theirs = client.open();
        int others = other.open();
        client.out().request(theirs, "exec", WantReply.NO, "true");
        client.send();
        client.await(ChannelMessage.CHANNEL_CLOSE);
        client.out().bare(ChannelMessage.CHANNEL_CLOSE, theirs);
        client.send();
        // Until the server has let go of the channel it knows it.
        other.out().request(others, "signal", WantReply.YES, "TERM");
        other.send();
        other.await(ChannelMessage.CHANNEL_FAILURE);
        client.out().request(theirs, "signal", WantReply.NO, "TERM");
        client.send();
        beside.assertLostWithTheMaster();
      }
    }

    @Test
    void endsTheMasterByAskingItTo() throws Exception {
      Beside<SshTransport> beside = new Beside<>(sshd, SshTransport::new);
      // It ends too soon to answer.
      var _ = MasterControl.terminate(beside.controlSocket, Duration.ofSeconds(20));
      beside.assertLostWithTheMaster();
    }
  }

  @Nested
  class OurCalls {

    @Test
    void mayBeGivenUpWhileTheirOpensAreUnanswered() throws Exception {
      Beside<SshTransport> beside = new Beside<>(sshd, SshTransport::new);
      beside.relay.stall();
      List<Object> ends = givingUp(beside.transport, 8, Duration.ofMillis(500));
      // One of them had the channel that was open already.
      assertThat(ends).filteredOn(Ended.class::isInstance).hasSizeLessThan(2);
      beside.assertUnharmed();
    }

    @Test
    void mayBeGivenUpAfterTheServerRefusedThem() throws Exception {
      Beside<SshTransport> beside = new Beside<>(full, SshTransport::new);
      List<Object> ends = givingUp(beside.transport, 8, Duration.ofMillis(200));
      assertThat(ends).noneMatch(Ended.class::isInstance);
      beside.assertUnharmed();
    }

    @Test
    void mayBeStoppedAtTheMomentOfTheirEnd() throws Exception {
      Beside<SshTransport> beside = new Beside<>(sshd, SshTransport::new);
      List<Future<Ended>> racing = new ArrayList<>();
      try (ExecutorService few = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
        for (int i = 0; i < 80; i++) {
          Duration timeout = Duration.ofMillis(210 + i % 40);
          racing.add(few.submit(() -> run(beside.transport, "sleep 0.2", timeout)));
        }
      }
      // With these kinds nothing was started, which a slow machine may come to within these 210 ms.
      assertThat(ends(racing))
          .isSubsetOf(
              new Exited(0),
              new TimedOut(Stop.STOPPED),
              Kind.LINK_DOWN,
              Kind.CONNECT_TIMEOUT,
              Kind.SESSION_LIMIT)
          .contains(new TimedOut(Stop.STOPPED));
      beside.assertUnharmed();
    }

    @Test
    void mayBeStoppedWhateverTheyDoAboutIt() throws Exception {
      Beside<SshTransport> beside = new Beside<>(sshd, SshTransport::new);
      List<Future<Ended>> stubborn =
          List.of(
                  "trap '' TERM INT HUP; while :; do sleep 0.1; done",
                  "setsid sh -c 'sleep 600' & sleep 600",
                  "kill -STOP $$",
                  "exec yes",
                  "exec cat /dev/zero")
              .stream()
              .map(script ->
                  calls.submit(() -> run(beside.transport, script, Duration.ofSeconds(1))))
              .toList();
      assertThat(ends(stubborn)).containsOnly(new TimedOut(Stop.STOPPED));
      beside.assertUnharmed();
    }

    @Test
    void mayLoseTheirOwnProcessesWhileTheirSessionsAreUnanswered() throws Exception {
      Beside<SshProcessTransport> beside = new Beside<>(sshd, SshProcessTransport::new);
      List<Path> before = logs(beside.controlSocket);
      beside.relay.stall();
      Future<Ended> call =
          calls.submit(() -> run(beside.transport, "exec sleep 600", Duration.ofSeconds(30)));
      Path log = asking(beside.controlSocket, before);
      clientOf(log).destroyForcibly();
      beside.relay.heal();
      assertThat(call.get()).isInstanceOf(Lost.class);
      beside.assertUnharmed();
    }

    private static List<Path> logs(Path controlSocket) throws IOException {
      try (Stream<Path> files = Files.list(controlSocket.resolveSibling(""))) {
        return files.filter(file -> file.toString().endsWith(".log")).toList();
      }
    }

    /// The log of a further client that has asked for a session.
    private static Path asking(Path controlSocket, List<Path> before) throws Exception {
      while (true) {
        for (Path log : logs(controlSocket)) {
          if (!before.contains(log)
              && new SshLogFile(log, true).read().filter(SshClientLog::requestSent).isPresent()) {
            return log;
          }
        }
        Thread.sleep(10);
      }
    }

    private static ProcessHandle clientOf(Path log) {
      return ProcessHandle.current()
          .children()
          .filter(child -> child.info().commandLine().orElse("").contains(log.toString()))
          .findFirst()
          .orElseThrow();
    }
  }
}
