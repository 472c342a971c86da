package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.ssh.mux.ChannelMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a stop where something else fails as well: a hunt that can tell nothing, signals
/// that the server does not deliver, a link that goes down.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RemoteStopTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final Limits BRIEF =
      new Limits(Optional.of(Duration.ofMillis(300)), Duration.ofMillis(100));

  /// When the server says that the command is over.
  enum End {
    AT_A_HUNT,
    AT_A_HUNT_AFTER_SIGNALS,
    AT_A_SIGNAL,
    NEVER
  }

  @ParameterizedTest
  @CsvSource({
    "AT_A_HUNT, stopped, STOPPED",
    "AT_A_HUNT, stopped unproven, UNKNOWN",
    "AT_A_HUNT, running, STILL_RUNNING",
    "AT_A_HUNT, unknown, UNKNOWN",
    "AT_A_HUNT_AFTER_SIGNALS, unknown, UNKNOWN",
    "AT_A_SIGNAL, none, STOPPED",
    "AT_A_SIGNAL, none unproven, UNKNOWN",
    "AT_A_SIGNAL, unknown, UNKNOWN",
    "NEVER, running, STILL_RUNNING",
    "NEVER, stopped, UNKNOWN",
    "NEVER, none, STILL_RUNNING",
    "NEVER, unknown, UNKNOWN",
  })
  void aStopIsClaimedOnlyWhereItIsProven(End end, String verdict, Stop stop) throws Exception {
    Host host = new Host(end, verdict);
    assertThat(stopped(host::serve)).isEqualTo(new TimedOut(stop));
    if (end == End.AT_A_SIGNAL) {
      assertThat(host.signals.get()).isPositive();
    }
  }

  @Test
  void aLinkThatGoesDownMeanwhileProvesNothing() throws Exception {
    assertThat(
            stopped(peer -> {
              String ignored = peer.command();
              peer.await(ChannelMessage.CHANNEL_REQUEST);
              peer.close();
            }))
        .isEqualTo(new TimedOut(Stop.UNKNOWN));
  }

  private static Ended stopped(ScriptedMaster.Script script) throws Exception {
    try (BesideScripted beside = BesideScripted.open(sshd, script)) {
      return beside.run(Command.of("sleep", "600"), BRIEF).ended();
    }
  }

  /// A host on which every hunt says the same.
  private static final class Host {
    private final End end;
    private final String verdict;
    private final CompletableFuture<ScriptedMaster.Peer> command = new CompletableFuture<>();
    private final AtomicInteger signals = new AtomicInteger();

    Host(End end, String verdict) {
      this.end = end;
      this.verdict = verdict;
    }

    void serve(ScriptedMaster.Peer peer) throws IOException {
      while (true) {
        if (peer.command().contains("initrunner-stop")) {
          if (end == End.AT_A_HUNT || (end == End.AT_A_HUNT_AFTER_SIGNALS && signals.get() > 0)) {
            command.join().ended(143);
          }
          peer.data(verdict + "\n");
          peer.ended(0);
        } else {
          command.complete(peer);
          serveCommand(peer);
        }
      }
    }

    private void serveCommand(ScriptedMaster.Peer peer) throws IOException {
      ScriptedMaster.Message message = peer.next();
      while (message.type() != ChannelMessage.CHANNEL_CLOSE) {
        if (message.type() == ChannelMessage.CHANNEL_REQUEST) {
          answer(peer, message.text());
        }
        message = peer.next();
      }
    }

    private void answer(ScriptedMaster.Peer peer, String request) throws IOException {
      if (!request.equals("signal")) {
        peer.say(ChannelMessage.CHANNEL_FAILURE);
        return;
      }
      signals.incrementAndGet();
      if (end == End.AT_A_SIGNAL) {
        peer.say(ChannelMessage.CHANNEL_SUCCESS);
        peer.ended(143);
      } else {
        peer.say(ChannelMessage.CHANNEL_FAILURE);
      }
    }
  }
}
