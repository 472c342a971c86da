package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Command;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.ssh.master.MasterPool;
import initrunner.ssh.mux.OpeningChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nothing comes back from the host any more, and no message says that the link is down. The limit
/// of each test is below what a close waits for calls that do not end.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class StalledLinkTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();
  @RegisterExtension static final SshdExtension single = new SshdExtension("MaxSessions 1");

  private final CallsInFlight calls = new CallsInFlight();

  @AfterEach
  void endCalls() {
    calls.close();
  }

  @Test
  void closingDoesNotWaitForAnswersToOpens() throws Exception {
    closeWhileACallIsIn(sshd, OpeningChannel.class, "await");
  }

  @Test
  void closingDoesNotWaitForSessions() throws Exception {
    closeWhileACallIsIn(single, MasterPool.class, "pause");
  }

  @Test
  void aHostThatDoesNotAnswerInTimeIsNotTakenForOneWithoutSessions() {
    try (Relay relay = new Relay(sshd.port(), Duration.ZERO);
        SshTransport transport = new SshTransport(sshd.targetVia(relay.port()))) {
      transport.open();
      relay.stall();
      Limits limits = new Limits(Optional.of(Duration.ofMillis(300)), Duration.ofMillis(100));
      // The first of them may find a channel that was opened ahead of need.
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> {
            while (true) {
              assertThat(transport.run(Command.of("true"), limits, Sink.DISCARD).ended())
                  .isEqualTo(new TimedOut(Stop.UNKNOWN));
            }
          })
          .withMessageContaining("did not answer in time")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.LINK_DOWN));
    }
  }

  private void closeWhileACallIsIn(SshdExtension server, Class<?> type, String method)
      throws Exception {
    try (Relay relay = new Relay(server.port(), Duration.ZERO)) {
      SshTransport transport = new SshTransport(server.targetVia(relay.port()));
      transport.open();
      List<Future<Outcome>> first = calls.begin(transport, 1, "exec sleep 30");
      relay.stall();
      Set<Thread> callers = ConcurrentHashMap.newKeySet();
      List<Future<Outcome>> others = new ArrayList<>();
      // The first of them may find a channel that was opened ahead of need.
      for (int i = 0; i < 3; i++) {
        others.add(
            calls.submit(() -> {
              callers.add(Thread.currentThread());
              return transport.run(Command.of("true"), Limits.unbounded(), Sink.DISCARD);
            }));
      }
      while (callers.stream().noneMatch(caller -> isIn(caller, type, method))) {
        TimeUnit.MILLISECONDS.sleep(10);
      }

      transport.close();
      assertThat(CallsInFlight.ends(first)).containsOnly(new Cancelled(Stop.UNKNOWN));
      assertThat(others)
          .anySatisfy(call ->
              assertThatExceptionOfType(ExecutionException.class)
                  .isThrownBy(call::get)
                  .withCauseInstanceOf(TransportException.class)
                  .withMessageContaining("is closed"));
    }
  }

  private static boolean isIn(Thread thread, Class<?> type, String method) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame ->
            frame.getClassName().equals(type.getName()) && frame.getMethodName().equals(method));
  }
}
