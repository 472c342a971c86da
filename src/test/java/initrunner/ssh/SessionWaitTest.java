package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.master.MasterPool;
import initrunner.ssh.mux.ChannelMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A call waits for the only session of its connection, which none of ours has.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionWaitTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 1");

  /// The server does not say that a session is free again: a call that waits has to ask.
  @Test
  void aSessionThatBecomesFreeIsHadByACallThatHasNoTimeForAnotherConnection() throws Exception {
    Object end = Kind.SESSION_LIMIT;
    // On a busy machine a call's time may be up before it has the session, or its end.
    for (int i = 0; i < 10 && !end.equals(new Exited(3)); i++) {
      List<ProxyClient> others = new ArrayList<>();
      try (SshTransport transport = new SshTransport(sshd.target())) {
        transport.open();
        // Long enough that the next channel is refused meanwhile, and not ours when it is over.
        assertThat(end(transport, "sleep 1", Limits.unbounded())).isEqualTo(new Exited(0));
        end = endOfOneThatWaits(transport, others);
      } finally {
        for (ProxyClient other : others) {
          other.close();
        }
      }
    }
    assertThat(end).isEqualTo(new Exited(3));
  }

  private static Object endOfOneThatWaits(SshTransport transport, List<ProxyClient> others)
      throws Exception {
    int session = takeSession(others);
    // Less than the time after which another connection is made.
    Limits limits = Limits.timeout(Duration.ofMillis(290));
    FutureTask<Object> call = new FutureTask<>(() -> end(transport, "exit 3", limits));
    Thread caller = Thread.ofVirtual().start(call);
    while (!isInPause(caller) && !call.isDone()) {
      Thread.onSpinWait();
    }
    others.getLast().out().bare(ChannelMessage.CHANNEL_CLOSE, session);
    others.getLast().send();
    return call.get();
  }

  private static Object end(SshTransport transport, String script, Limits limits) {
    try {
      return transport.run(Command.of("sh", "-c", script), limits, new Captured(10)).ended();
    } catch (TransportException e) {
      return e.kind();
    }
  }

  /// A server may still be taking apart the session before. A client that was refused stays, as the
  /// master would end if it went.
  private static int takeSession(List<ProxyClient> others) throws Exception {
    while (true) {
      others.add(new ProxyClient(OwnMasters.controlSocket()));
      try {
        return others.getLast().open();
      } catch (IOException refused) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  private static boolean isInPause(Thread caller) {
    return Stream.of(caller.getStackTrace())
        .anyMatch(frame ->
            frame.getClassName().equals(MasterPool.class.getName())
                && frame.getMethodName().equals("pause"));
  }
}
