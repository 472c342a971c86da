package initrunner.ssh.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.ssh.ScriptedMaster;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.SessionRequests;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is learned of a server's sessions.
class PooledMasterTest {

  @TempDir Path directory;

  private final PoolLock lock = new PoolLock();
  private PrivateDirectory own;
  private PooledMaster channels;

  /// As the pool does.
  @BeforeEach
  void holdLock() throws IOException {
    lock.lock();
    own = PrivateDirectory.createIn(directory);
    channels = new PooledMaster(Masters.without(own), SessionRequests.NONE, lock);
  }

  @AfterEach
  void letGo() {
    lock.unlock();
    own.close();
  }

  @Test
  void aThreadThatDoesNotHoldTheLockIsRefused() {
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> CompletableFuture.runAsync(channels::free).join())
        .withCauseInstanceOf(IllegalStateException.class);
    assertThat(channels.inUse()).isZero();
  }

  @Test
  void aRefusalWhileOthersAreOnlyBeingAskedForNeverRaisesWhatIsKnown() {
    reserve(12);
    channels.refused(9);
    channels.refused(11);
    channels.refused(10);

    channels.free();
    assertThat(channels.inUse()).isEqualTo(8);
    assertThat(channels.reserve()).isTrue();
    assertThat(channels.reserve()).isFalse();
  }

  @Test
  void aServerThatHadNoSessionThoughNoneIsInUseIsAskedAgainAfterAPause() {
    assertThat(channels.refusalPauseNanos()).isZero();
    reserve(2);
    channels.refused(1);
    assertThat(channels.refusalPauseNanos()).isZero();

    channels.refused(0);
    while (channels.refusalPauseNanos() > 0) {
      assertThat(channels.refusalPauseNanos()).isLessThanOrEqualTo(50_000_000L);
    }
    assertThat(channels.reserve()).isTrue();
  }

  @Test
  void aMasterThatKeepsTooManyRefusedChannelsTakesNoMoreCalls() {
    for (int refusals = 1; refusals < 4000; refusals++) {
      channels.refused(0);
    }
    assertThat(channels.isUsable()).isTrue();

    channels.refused(0);
    assertThat(channels.isUsable()).isFalse();
  }

  /// A session that another client held may be free by now.
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void whatIsKnownOfAServerIsTriedAgainAfterAWhile() throws Exception {
    reserve(3);
    channels.refused(2);
    assertThat(channels.reserve()).isFalse();
    while (!channels.reserve()) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(channels.inUse()).isEqualTo(3);
    assertThat(channels.reserve()).isFalse();
  }

  /// A master does not survive the loss of some of its sockets.
  @Test
  void noSocketIsClosedBeforeItsMasterHasEnded() throws Exception {
    try (ScriptedMaster _ = ScriptedMaster.at(directory.resolve("s"), _ -> {})) {
      MuxSocket dropped = MuxSocket.connect(directory.resolve("s"), Patience.endless());
      MuxSocket idle = MuxSocket.connect(directory.resolve("s"), Patience.endless());
      MuxSocket spare = MuxSocket.connect(directory.resolve("s"), Patience.endless());
      channels.drop(dropped);
      channels.keepIdle(idle);
      channels.keepSpare(OpeningChannel.ask(spare, 0));
      List<MuxSocket> all = List.of(dropped, idle, spare);
      for (MuxSocket each : all) {
        assertThat(each.next()).isEmpty();
      }

      channels.masterEnded();
      for (MuxSocket each : all) {
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(each::next);
      }
    }
  }

  private void reserve(int sessions) {
    for (int session = 0; session < sessions; session++) {
      assertThat(channels.reserve()).isTrue();
    }
  }
}
