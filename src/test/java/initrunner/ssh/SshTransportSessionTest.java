package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.master.MasterPool;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// How calls share the sessions that a server allows, and what a server may refuse.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SshTransportSessionTest {

  private static final int CALLERS = 64;

  private static Ended run(SshTransport transport, String script) {
    return transport
        .run(
            Command.of("sh", "-c", script),
            Limits.timeout(Duration.ofSeconds(50)),
            new Captured(1000))
        .ended();
  }

  /// Every caller gets its own command's result, and nothing of ssh's own in its error output.
  private static void manyCallersShareTheSessions(SshdExtension sshd, int mastersAtMost)
      throws Exception {
    try (SshTransport transport = new SshTransport(sshd.target());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      transport.open();
      long before = sshd.logins();
      List<Future<Captured>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int number = i;
        answers.add(
            callers.submit(() -> {
              Captured captured = new Captured(1000);
              Outcome outcome =
                  transport.run(
                      Command.of("sh", "-c", "echo " + number + "; exit " + number),
                      Limits.timeout(Duration.ofSeconds(50)),
                      captured);
              assertThat(outcome.ended()).isEqualTo(new Exited(number));
              return captured;
            }));
      }
      for (int i = 0; i < CALLERS; i++) {
        assertThat(answers.get(i).get().stdoutText()).isEqualTo(i + "\n");
        assertThat(answers.get(i).get().stderrText()).isEmpty();
      }
      assertThat(sshd.logins() - before).isLessThan(mastersAtMost);
    }
  }

  @Nested
  class WithOneSessionPerConnection {
    @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 1");

    @Test
    void manyCallersShareIt() throws Exception {
      manyCallersShareTheSessions(sshd, 4);
    }

    @Test
    void aSessionThatSomebodyElseHoldsCostsALoginAndNoCall() throws Exception {
      List<ProxyClient> others = new ArrayList<>();
      try (SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        // Long enough that the next channel is refused meanwhile, and not ours when it is over.
        assertThat(run(transport, "sleep 1")).isEqualTo(new Exited(0));
        long before = sshd.logins();
        awaitThat(() -> hasSession(others));
        assertThat(run(transport, "exit 3")).isEqualTo(new Exited(3));
        assertThat(sshd.logins()).isEqualTo(before + 1);
      } finally {
        for (ProxyClient other : others) {
          other.close();
        }
      }
    }

    /// A server may still be taking apart the session before. One that was refused stays, as the
    /// master would end if it went.
    private static boolean hasSession(List<ProxyClient> others) throws IOException {
      others.add(new ProxyClient(OwnMasters.controlSocket()));
      try {
        return others.getLast().open() >= 0;
      } catch (IOException refused) {
        return false;
      }
    }

    @Test
    void aLoginThatFailedWhileThereWasAConnectionIsNoReasonToHaveNoneLater() throws Exception {
      Path configFile = sshd.targetVia(sshd.port()).configFile().orElseThrow();
      String good = Files.readString(configFile);
      Path attempts = sshd.home().resolve("attempts");
      Path begun = sshd.home().resolve("login-begun");
      Path goOn = sshd.home().resolve("login-goes-on");
      SshTarget target =
          new SshTarget(
              SshdExtension.HOST,
              Optional.empty(),
              Optional.of(configFile),
              Duration.ofSeconds(10),
              "60s");
      try (SshTransport transport = new SshTransport(target);
          CallsInFlight calls = new CallsInFlight()) {
        List<Future<Outcome>> holder = calls.begin(transport, 1, "exec sleep 50");
        List<Long> connection = sshd.clients();
        rewrite(configFile, "Match exec \"echo >>" + attempts + "\"\n  Port 1\n" + good);
        Future<Ended> waiter = calls.submit(() -> run(transport, "exit 3"));
        // More than one attempt makes.
        awaitThat(() -> Files.exists(attempts) && Files.size(attempts) > 5);
        String waits = "touch " + begun + "; until [ -e " + goOn + " ]; do sleep 0.1; done";
        rewrite(configFile, "Match exec \"" + waits + "\"\n" + good);
        awaitThat(() -> Files.exists(begun));

        connection.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        assertThat(CallsInFlight.ends(holder)).hasOnlyElementsOfType(Ended.Lost.class);
        Files.createFile(goOn);
        assertThat(waiter.get()).isEqualTo(new Exited(3));
      }
    }

    private static void rewrite(Path file, String content) throws IOException {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      Files.writeString(next, content);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitThat(Callable<Boolean> fact) throws Exception {
      while (!fact.call()) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }

    /// As many connections as are made for one host, and a session on each.
    private static List<Future<Outcome>> holdEverySession(
        CallsInFlight calls, Transport transport, Path until) throws InterruptedException {
      return calls.begin(transport, 4, "until [ -e " + until + " ]; do sleep 0.1; done; exit 5");
    }

    @Test
    void openingDoesNotWaitForSessionsAndACallThatDoesNeverReachesTheHost() throws Exception {
      Path goOn = sshd.home().resolve("go-on");
      Path reached = sshd.home().resolve("reached");
      try (SshTransport transport = new SshTransport(sshd.target());
          CallsInFlight calls = new CallsInFlight()) {
        List<Future<Outcome>> others = holdEverySession(calls, transport, goOn);

        transport.open();
        assertThatExceptionOfType(TransportException.class)
            .isThrownBy(() ->
                transport.run(
                    Command.of("touch", reached.toString()),
                    Limits.timeout(Duration.ofMillis(500)),
                    new Captured(10)))
            .satisfies(e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.SESSION_LIMIT));

        Files.createFile(goOn);
        assertThat(CallsInFlight.ends(others)).containsOnly(new Exited(5));
        assertThat(reached).doesNotExist();
      }
    }

    @Test
    void closingStartsNoCommandThatWaitsForASession() throws Exception {
      Path never = sshd.home().resolve("never");
      Path reached = sshd.home().resolve("reached-after-close");
      SshTransport transport = new SshTransport(sshd.target());
      try (CallsInFlight calls = new CallsInFlight()) {
        List<Future<Outcome>> others = holdEverySession(calls, transport, never);
        List<Thread> queued = new ArrayList<>();
        List<Object> ends = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 8; i++) {
          queued.add(
              Thread.ofVirtual()
                  .start(() -> ends.add(endOf(transport, "touch " + reached + "; sleep 30"))));
        }
        for (Thread each : queued) {
          awaitQueued(each);
        }

        transport.close();

        assertThat(CallsInFlight.ends(others)).hasOnlyElementsOfType(Ended.Cancelled.class);
        for (Thread each : queued) {
          each.join();
        }
        assertThat(ends).hasSize(8).containsOnly(TransportException.Kind.LINK_DOWN);
        assertThat(reached).doesNotExist();
      }
    }

    private static Object endOf(SshTransport transport, String script) {
      try {
        return run(transport, script);
      } catch (TransportException e) {
        return e.kind();
      }
    }

    private static void awaitQueued(Thread caller) {
      while (Stream.of(caller.getStackTrace())
          .noneMatch(frame ->
              frame.getClassName().equals(MasterPool.class.getName())
                  && frame.getMethodName().equals("pause"))) {
        Thread.onSpinWait();
      }
    }

    /// It is asked once, and not again and again: each time would start an `ssh`.
    @Test
    void aCallWithAProcessOfItsOwnThatFindsItTakenGetsAConnectionMore() throws Exception {
      Path goOn = sshd.home().resolve("processes-go-on");
      SshProgram ssh = SshProgram.recording(Files.createTempDirectory(sshd.home(), "calls"));
      try (Transport transport = new SshProcessTransport(sshd.target(), ssh.searchPath());
          CallsInFlight calls = new CallsInFlight()) {
        List<Future<Outcome>> holder =
            calls.begin(transport, 1, "until [ -e " + goOn + " ]; do sleep 0.1; done; exit 5");
        Command command = Command.of("sh", "-c", "exit 3");
        assertThat(transport.run(command, Limits.unbounded(), new Captured(10)).ended())
            .isEqualTo(new Exited(3));
        Files.createFile(goOn);
        assertThat(CallsInFlight.ends(holder)).containsOnly(new Exited(5));
      }
      assertThat(ssh.calls()).filteredOn(call -> call.getLast().contains("exit 3")).hasSize(2);
    }

    @Test
    void connectionsThatHaveAllEndedCostACallWithAProcessOfItsOwnNothingButALogin()
        throws Exception {
      Path goOn = sshd.home().resolve("before-all-end");
      try (Transport transport = new SshProcessTransport(sshd.target());
          CallsInFlight calls = new CallsInFlight()) {
        List<Future<Outcome>> holders = holdEverySession(calls, transport, goOn);
        Files.createFile(goOn);
        assertThat(CallsInFlight.ends(holders)).containsOnly(new Exited(5));
        sshd.clients()
            .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        sshd.awaitNoClients();
        Command command = Command.of("sh", "-c", "exit 3");
        assertThat(transport.run(command, Limits.unbounded(), new Captured(10)).ended())
            .isEqualTo(new Exited(3));
      }
    }

    @Test
    void aTimedOutCallGivesItsSessionBack() {
      try (SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        for (int i = 0; i < 3; i++) {
          Limits limits = Limits.timeout(Duration.ofMillis(500));
          assertThat(transport.run(Command.of("sleep", "60"), limits, new Captured(10)).ended())
              .isEqualTo(new TimedOut(Stop.STOPPED));
          assertThat(run(transport, "exit 3")).isEqualTo(new Exited(3));
        }
      }
    }
  }

  @Nested
  class WithTwoSessionsPerConnection {
    @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 2");

    @Test
    void manyCallersShareThem() throws Exception {
      manyCallersShareTheSessions(sshd, 4);
    }

    @Test
    void waitingForASessionCountsInTheDeadline() throws Exception {
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
          SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        for (int i = 0; i < 12; i++) {
          callers.execute(() -> run(transport, "exec sleep 30"));
        }
        Limits short_ = Limits.timeout(Duration.ofSeconds(3));
        List<Future<Ended>> late = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          late.add(
              callers.submit(() ->
                  transport.run(Command.of("sleep", "30"), short_, new Captured(10)).ended()));
        }
        for (Future<Ended> each : late) {
          assertThat(endOf(each)).isIn("SESSION_LIMIT", "TimedOut");
        }
      }
    }

    private static String endOf(Future<Ended> call) throws InterruptedException {
      try {
        return call.get().getClass().getSimpleName();
      } catch (java.util.concurrent.ExecutionException e) {
        return e.getCause() instanceof TransportException refusal
            ? refusal.kind().name()
            : e.toString();
      }
    }
  }

  @Nested
  class WithTheUsualTenSessions {
    @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 10");

    @Test
    void manyCallersShareThem() throws Exception {
      manyCallersShareTheSessions(sshd, 4);
    }
  }

  @Nested
  class WithNoSessionsAtAll {
    @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 0");

    @Test
    void theRefusalIsToldApart() {
      try (SshTransport transport = new SshTransport(sshd.target())) {
        assertThatExceptionOfType(TransportException.class)
            .isThrownBy(transport::open)
            .satisfies(e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.SESSION_LIMIT));
      }
    }
  }

  /// The server delivers signals to such an account, which it does not to root everywhere.
  @Nested
  class AsAnOrdinaryAccount {
    @RegisterExtension
    static final SshdExtension sshd = new SshdExtension().as("initrunner-sh", "/bin/sh");

    @Test
    void theGroupAndWhatLeftItAreStopped() {
      try (SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        String script = "setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & sleep 600";
        Limits limits = new Limits(Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(500));
        assertThat(transport.run(Command.of("sh", "-c", script), limits, new Captured(10)).ended())
            .isEqualTo(new TimedOut(Stop.STOPPED));
        assertThat(run(transport, "ps -o args= -u $(id -u) | grep -q 'slee[p] 600'"))
            .isEqualTo(new Exited(1));
      }
    }

    /// Each step of a stop takes longer than the time between two interrupts.
    @Test
    void interruptsOnASlowLinkDoNotCostTheProofOfTheStop() throws Exception {
      try (Relay relay = new Relay(sshd.port(), Duration.ofMillis(50));
          SshTransport transport = new SshTransport(sshd.targetVia(relay.port()))) {
        transport.open();
        CountDownLatch begun = new CountDownLatch(1);
        List<Ended> ended = new ArrayList<>();
        Thread caller =
            Thread.ofVirtual()
                .start(() ->
                    ended.add(
                        transport
                            .run(
                                Command.of("sh", "-c", "echo go; exec sleep 600"),
                                Limits.unbounded(),
                                CallsInFlight.onOutput(begun::countDown))
                            .ended()));
        begun.await();
        do {
          caller.interrupt();
        } while (!caller.join(Duration.ofMillis(20)));
        assertThat(ended).containsExactly(new Ended.Cancelled(Stop.STOPPED));
      }
    }

    @Test
    void aProcessWithoutTheCookieIsStoppedByItsGroup() {
      try (SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        Limits limits = new Limits(Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(500));
        assertThat(
                transport
                    .run(Command.of("env", "-i", "/bin/sleep", "600"), limits, new Captured(10))
                    .ended())
            .isEqualTo(new TimedOut(Stop.STOPPED));
      }
    }
  }

  /// The wrapper runs what was asked for, but to the server it is a forced command all the same.
  @Nested
  class UnderAForcedCommandThatPassesOn {
    @RegisterExtension
    static final SshdExtension sshd =
        new SshdExtension("ForceCommand eval \"$SSH_ORIGINAL_COMMAND\"")
            .as("initrunner-sh", "/bin/sh");

    @Test
    void theStopIsProvenWithoutSignals() {
      try (SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        Limits limits = new Limits(Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(500));
        assertThat(transport.run(Command.of("sleep", "600"), limits, new Captured(10)).ended())
            .isEqualTo(new TimedOut(Stop.STOPPED));
        assertThat(run(transport, "exit 3")).isEqualTo(new Exited(3));
      }
    }
  }
}
