package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.ssh.client.SshTarget;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What becomes of calls when the link, the master or the server fails at the worst moment.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SshTransportFaultTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 64");

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private SshTransport open(SshTarget target) {
    SshTransport transport = new SshTransport(target);
    opened.add(transport);
    transport.open();
    return transport;
  }

  private Relay relay() {
    Relay relay = new Relay(sshd.port(), Duration.ZERO);
    opened.add(relay);
    return relay;
  }

  private static Ended run(SshTransport transport, String script, Duration timeout) {
    return transport
        .run(Command.of("sh", "-c", script), Limits.timeout(timeout), new Captured(1000))
        .ended();
  }

  private static Ended run(SshTransport transport, String script) {
    return run(transport, script, Duration.ofSeconds(40));
  }

  private List<Future<Outcome>> inFlight(SshTransport transport, int count, String script)
      throws InterruptedException {
    CallsInFlight calls = new CallsInFlight();
    opened.add(calls);
    return calls.begin(transport, count, script);
  }

  private static void kill(List<Long> pids) {
    assertThat(pids).isNotEmpty();
    pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  @Test
  void aKilledMasterLosesItsCallsAndTheNextOneLogsIn() throws Exception {
    SshTransport transport = open(sshd.target());
    List<Future<Outcome>> calls = inFlight(transport, 20, "exec sleep 30");
    kill(sshd.clients());
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isInstanceOf(Lost.class);
    }
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void anEndThatWasToldBeforeTheLinkWentDownHolds() {
    SshTransport transport = open(sshd.target());
    // What goes on printing keeps the call waiting for the rest of the output.
    String script =
        "serves=$PPID; { for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.1; done;"
            + " kill -9 $serves; } & exit 7";
    Captured captured = new Captured(1000);
    Outcome outcome = transport.run(Command.of("sh", "-c", script), Limits.unbounded(), captured);
    assertThat(outcome.ended()).isEqualTo(new Exited(7));
    assertThat(outcome.output()).isEqualTo(OutputEnd.CUT);
    assertThat(captured.stdoutText()).startsWith("1\n2\n");
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aLostCallReadsNoMoreOfItsInput() throws Exception {
    SshTransport transport = open(sshd.target());
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    InputStream silent =
        new InputStream() {
          @Override
          public int read() throws IOException {
            return read(new byte[1], 0, 1);
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            reading.countDown();
            try {
              TimeUnit.DAYS.sleep(1);
            } catch (InterruptedException e) {
              released.countDown();
            }
            throw new IOException("interrupted");
          }
        };
    CallsInFlight calls = new CallsInFlight();
    opened.add(calls);
    Command command = Command.of("cat").withStdin(new Stdin.Stream(silent));
    Future<Outcome> call =
        calls.submit(() -> transport.run(command, Limits.unbounded(), new Captured(10)));
    reading.await();
    kill(sshd.clients());
    assertThat(call.get().ended()).isInstanceOf(Lost.class);
    released.await();
  }

  @Test
  void aKilledServerSessionLosesItsCallsAndTheNextOneLogsIn() throws Exception {
    SshTransport transport = open(sshd.target());
    List<Future<Outcome>> calls = inFlight(transport, 3, "exec sleep 30");
    kill(sshd.sessions());
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isInstanceOf(Lost.class);
    }
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void somebodyElsesExitOfTheMasterIsALostCallAndNothingMore() throws Exception {
    SshTransport transport = open(sshd.target());
    List<Future<Outcome>> calls = inFlight(transport, 2, "exec sleep 30");
    new ProcessBuilder(
            "ssh",
            "-F",
            sshd.configFile().toString(),
            "-S",
            OwnMasters.controlSocket().toString(),
            "-O",
            "exit",
            SshdExtension.HOST)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isInstanceOf(Lost.class);
    }
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aDeletedControlSocketHurtsNoCall() throws Exception {
    SshTransport transport = open(sshd.target());
    List<Future<Outcome>> calls = inFlight(transport, 3, "sleep 1; exit 5");
    Files.delete(OwnMasters.controlSocket());
    for (int i = 0; i < 5; i++) {
      List<Future<Outcome>> more = inFlight(transport, 4, "exit 6");
      for (Future<Outcome> call : more) {
        assertThat(call.get().ended()).isEqualTo(new Exited(6));
      }
    }
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isEqualTo(new Exited(5));
    }
  }

  @Test
  void aStalledLinkThatHealsLosesNothing() throws Exception {
    Relay relay = relay();
    SshTransport transport = open(sshd.targetVia(relay.port()));
    List<Future<Outcome>> calls = inFlight(transport, 3, "sleep 1; exit 5");
    relay.stall();
    TimeUnit.SECONDS.sleep(2);
    relay.heal();
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isEqualTo(new Exited(5));
    }
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aPartitionLosesTheCallsWithinTheKeepAliveBound() throws Exception {
    Relay relay = relay();
    SshTransport transport =
        open(sshd.targetVia(relay.port(), "ServerAliveInterval 1", "ServerAliveCountMax 2"));
    List<Future<Outcome>> calls = inFlight(transport, 3, "exec sleep 50");
    relay.stall();
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isInstanceOf(Lost.class);
    }
    relay.heal();
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aTimeoutOnAStalledLinkSaysThatNobodyKnows() {
    Relay relay = relay();
    SshTransport transport = open(sshd.targetVia(relay.port()));
    assertThat(run(transport, "true")).isEqualTo(new Exited(0));
    // Without a channel that is there already, nothing is sent over the stalled link.
    ShellsAhead.await(sshd);
    relay.stall();
    Limits limits = new Limits(Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(200));
    assertThat(transport.run(Command.of("true"), limits, new Captured(10)).ended())
        .isEqualTo(new TimedOut(Stop.UNKNOWN));
    relay.heal();
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aLinkCutInTheMiddleOfAPacketIsALostCall() {
    Relay relay = relay();
    SshTransport transport = open(sshd.targetVia(relay.port()));
    relay.cutAfter(100_001);
    assertThat(run(transport, "head -c 10000000 /dev/zero")).isInstanceOf(Lost.class);
    relay.cutAfter(Long.MAX_VALUE);
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aHostThatIsDownIsNoLostCallAndComesBack() {
    SshTransport transport = open(sshd.target());
    assertThat(run(transport, "true")).isEqualTo(new Exited(0));
    sshd.stop();
    try {
      // A command that is sent while the link comes down is lost, and said to be.
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> {
            while (true) {
              assertThat(run(transport, "true")).isInstanceOf(Lost.class);
            }
          })
          .satisfies(e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.REFUSED));
    } finally {
      sshd.start();
    }
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void closingTheTransportStopsWhatRunsAndEndsTheMaster() throws Exception {
    SshTransport transport = open(sshd.target());
    List<Future<Outcome>> calls = inFlight(transport, 3, "exec sleep 60");
    transport.close();
    for (Future<Outcome> call : calls) {
      assertThat(call.get().ended()).isEqualTo(new Ended.Cancelled(Stop.STOPPED));
    }
    sshd.awaitNoClients();
    assertThatExceptionOfType(TransportException.class).isThrownBy(() -> run(transport, "true"));
  }

  @Test
  void closingDuringALoginLeavesNoDirectoryBehind() throws Exception {
    Relay relay = relay();
    relay.stall();
    SshTransport transport = new SshTransport(sshd.targetVia(relay.port()));
    List<Path> before = directories();
    Thread caller =
        Thread.ofVirtual()
            .start(() ->
                assertThatExceptionOfType(TransportException.class).isThrownBy(transport::open));
    List<Path> meanwhile = directories();
    while (meanwhile.equals(before)) {
      Thread.onSpinWait();
      meanwhile = directories();
    }
    transport.close();
    assertThat(meanwhile).filteredOn(each -> !before.contains(each)).noneMatch(Files::exists);
    caller.join();
  }

  private static List<Path> directories() throws IOException {
    return PrivateDirectories.of(ProcessHandle.current().pid());
  }

  @Test
  void anIdleMasterEndsAfterControlPersistAndTheNextCallLogsIn() {
    SshTransport transport = open(idleBound("1s"));
    assertThat(run(transport, "true")).isEqualTo(new Exited(0));
    sshd.awaitNoClients();
    assertThat(run(transport, "exit 4")).isEqualTo(new Exited(4));
  }

  @Test
  void aMasterIsNotIdleWhileACallRunsOnIt() {
    SshTransport transport = open(idleBound("2s"));
    assertThat(run(transport, "sleep 3; exit 4")).isEqualTo(new Exited(4));
  }

  private static SshTarget idleBound(String bound) {
    SshTarget target = sshd.target();
    return new SshTarget(
        target.host(), target.identityFile(), target.configFile(), target.connectTimeout(), bound);
  }

  @Test
  void aStalledConsumerStallsTheRemote() throws Exception {
    SshTransport transport = open(sshd.target());
    Path progress = sshd.home().resolve("progress");
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Sink stalling =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            begun.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    String script = "head -c 100000000 /dev/zero; echo whole > " + progress;
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> transport.run(Command.of("sh", "-c", script), Limits.unbounded(), stalling));
    begun.await();
    TimeUnit.SECONDS.sleep(1);
    assertThat(progress).doesNotExist();
    goOn.countDown();
    caller.join();
    assertThat(progress).exists();
  }
}
