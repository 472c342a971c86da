package initrunner.ssh.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.ssh.BesideScripted;
import initrunner.ssh.PrivateDirectories;
import initrunner.ssh.ScriptedMaster;
import initrunner.ssh.SshdExtension;
import initrunner.ssh.mux.ChannelMessage;
import initrunner.ssh.mux.ExecChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What becomes of a session whose master is late, or gone.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChannelPoolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final Limits BRIEF =
      new Limits(Optional.of(Duration.ofMillis(300)), Duration.ofMillis(100));

  @Test
  void aChannelThatOpensTooLateIsGivenBack() throws Exception {
    CountDownLatch tooLate = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    CompletableFuture<ScriptedMaster.Message> closed = new CompletableFuture<>();
    try (BesideScripted beside =
        BesideScripted.open(
            sshd,
            peer -> {
              if (first.getAndSet(false)) {
                await(tooLate);
                peer.open(ExecChannel.WINDOW_BYTES, ExecChannel.MAX_PACKET_BYTES);
                closed.complete(peer.await(ChannelMessage.CHANNEL_CLOSE));
              }
            })) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> beside.run(Command.of("true"), BRIEF))
          .withMessageContaining("did not answer in time");
      tooLate.countDown();
      assertThat(closed.get().type()).isEqualTo(ChannelMessage.CHANNEL_CLOSE);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The hunt that is to prove the stop finds the master gone, and goes another way.
  @Test
  void aMasterThatIsGoneWhenItIsAskedForAnotherChannelTakesNoMoreCalls() throws Exception {
    try (BesideScripted beside =
        BesideScripted.open(
            sshd,
            peer -> {
              String ignored = peer.command();
              peer.await(ChannelMessage.CHANNEL_REQUEST);
              peer.ended(0);
              peer.await(ChannelMessage.CHANNEL_OPEN);
              peer.close();
            })) {
      assertThat(beside.run(Command.of("sleep", "600"), BRIEF).ended())
          .isEqualTo(new TimedOut(Stop.STOPPED));
      Limits limits = Limits.timeout(Duration.ofSeconds(30));
      assertThat(beside.run(Command.of("sh", "-c", "exit 5"), limits).ended())
          .isEqualTo(new Exited(5));
      // With its last call the first master ends, and its directory goes.
      beside.letGo();
      while (PrivateDirectories.of(ProcessHandle.current().pid()).size() > 1) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }
}
