package initrunner.ssh.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.TransportException;
import initrunner.ssh.OwnMasters;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import initrunner.ssh.mux.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The masters of one host.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MasterPoolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// Its interrupt comes too late for the login.
  @Test
  void aMasterThatIsMadeWhileItIsClosedIsEndedAsWell() throws Exception {
    try (Relay relay = new Relay(sshd.port(), Duration.ofMillis(20))) {
      MasterPool masters =
          MasterPool.forChannels(sshd.targetVia(relay.port()), System.getenv(), Optional.empty());
      masters.begin();
      Thread closing = Thread.ofPlatform().unstarted(masters::close);
      masters.lock().lock();
      try {
        closing.start();
        awaitLock(masters, closing);
        awaitLock(masters, login());
      } finally {
        masters.lock().unlock();
      }
      closing.join();
      assertThat(OwnMasters.controlSockets()).isEmpty();
    }
    sshd.awaitNoClients();
  }

  /// Its login is under way, and has a bound of its own.
  @Test
  void aCallWithoutADeadlineWaitsForTheLoginForAsLongAsThatTakes() throws Exception {
    long longAgo = System.nanoTime() - Duration.ofMinutes(5).toNanos();
    try (Relay relay = new Relay(sshd.port(), Duration.ofMillis(100));
        MasterPool masters =
            MasterPool.forChannels(
                sshd.targetVia(relay.port()), System.getenv(), Optional.empty())) {
      Grant grant = masters.grant(Patience.endless(), longAgo);
      masters.giveBack(grant.owner(), Optional.empty());
    }
    sshd.awaitNoClients();
  }

  @Test
  void noMoreSparesAreAskedForThanCallersWait() throws Exception {
    try (Relay relay = new Relay(sshd.port(), Duration.ZERO);
        MasterPool masters =
            MasterPool.forChannels(
                sshd.targetVia(relay.port()), System.getenv(), Optional.empty())) {
      PooledMaster owner = masters.grant(Patience.endless(), System.nanoTime()).owner();
      assertThat(masters.wantsSpare(owner)).isFalse();
      assertThat(masters.slotForSpare(owner)).isPresent();
      assertThat(masters.slotForSpare(owner)).as("while the first is asked for").isEmpty();
      masters.lock().withLock(owner::spareAsked);
      masters.refused(owner, 1, Optional.empty());
      // The login that the waiting caller begins does not end.
      relay.stall();
      Thread waiting =
          Thread.ofPlatform()
              .start(() ->
                  assertThatExceptionOfType(TransportException.class)
                      .isThrownBy(() -> masters.grant(Patience.endless(), System.nanoTime())));
      while (waiting.getState() != Thread.State.TIMED_WAITING
          && waiting.getState() != Thread.State.WAITING) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(masters.wantsSpare(owner)).isTrue();
      assertThat(masters.wantsSpare(owner)).as("while the first is asked for").isFalse();
      masters.lock().withLock(owner::spareAsked);
      assertThat(masters.wantsSpare(owner)).isTrue();
      waiting.interrupt();
      waiting.join();
    }
  }

  private static Thread login() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("initrunner-ssh-login"))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitLock(MasterPool masters, Thread thread) {
    while (!masters.lock().isWaitedForBy(thread)) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
