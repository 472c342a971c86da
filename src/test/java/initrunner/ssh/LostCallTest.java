package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.ssh.mux.ChannelMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls of which nothing is known are lost, and nothing is made up about them.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostCallTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final Limits LIMITS = Limits.timeout(Duration.ofSeconds(30));

  @Test
  void theOutputIsCutThoughItsEndWasTold() throws Exception {
    try (BesideScripted beside =
        BesideScripted.open(
            sshd,
            peer -> {
              String ignored = peer.command();
              peer.data("some");
              peer.say(ChannelMessage.CHANNEL_EOF);
              peer.close();
            })) {
      Outcome outcome = beside.run(Command.of("true"), LIMITS);
      assertThat(outcome.ended()).isInstanceOf(Lost.class);
      assertThat(outcome.output()).isEqualTo(OutputEnd.CUT);
    }
  }

  /// Each was opened ahead of need, and is closed when it is needed.
  @Test
  void channelsThatTheServerHasClosedMeanwhileCostNoCall() throws Exception {
    int channels = 12;
    CountDownLatch asked = new CountDownLatch(channels);
    CountDownLatch had = new CountDownLatch(1);
    try (BesideScripted beside =
            BesideScripted.open(
                sshd,
                peer -> {
                  asked.countDown();
                  await(asked);
                  peer.openClosed();
                  String ignored = peer.command();
                  had.countDown();
                  peer.say(ChannelMessage.CHANNEL_CLOSE);
                });
        ExecutorService openers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> opened = new ArrayList<>();
      for (int i = 0; i < channels; i++) {
        opened.add(openers.submit(() -> beside.transport().open()));
      }
      for (Future<?> each : opened) {
        each.get();
      }
      assertThat(beside.run(Command.of("true"), LIMITS).ended()).isInstanceOf(Lost.class);
      assertThat(had.getCount()).as("commands that were to come").isZero();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aCommandThatAWaitingShellHasHadIsNotSentAgain() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch had = new CountDownLatch(1);
    try (BesideScripted beside =
        BesideScripted.open(
            sshd,
            peer -> {
              String ignored = peer.command();
              waits.countDown();
              peer.await(ChannelMessage.CHANNEL_DATA);
              had.countDown();
              peer.say(ChannelMessage.CHANNEL_CLOSE);
            })) {
      beside.letGo();
      waits.await();
      Ended ended;
      do {
        // On a busy machine a shell of the true master may be the first that waits.
        ended = beside.run(Command.of("true"), LIMITS).ended();
      } while (had.getCount() > 0);
      assertThat(ended).isInstanceOf(Lost.class);
    }
  }
}
