package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.Transport;
import initrunner.ssh.mux.MasterControl;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls whose masters are killed, whose threads are interrupted and whose transport is closed in
/// the middle of all that: each ends with a value or a refusal, and nothing is left.
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class KilledMastersTest {

  private static final int KILLS = 6;

  /// Seconds for `sleep` that no other process of this machine sleeps.
  private static final String UNLIKE_OTHERS = "4713." + ProcessHandle.current().pid();

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 3");

  private final AtomicBoolean over = new AtomicBoolean();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  void theirCallsEndAndNothingIsLeft() throws Exception {
    callThroughKills(new SshTransport(sshd.target()), 40);
  }

  @Test
  void theirCallsByProcessesEndAndNothingIsLeft() throws Exception {
    callThroughKills(new SshProcessTransport(sshd.target()), 6);
  }

  private void callThroughKills(Transport transport, int callers) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      Random random = new Random(i);
      threads.add(Thread.ofVirtual().start(() -> callUntilOver(transport, random)));
    }
    Random random = new Random(callers);
    for (int i = 0; i < KILLS; i++) {
      Thread.sleep(random.nextInt(100, 800));
      threads.get(random.nextInt(callers)).interrupt();
      killMasters();
    }
    over.set(true);
    transport.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(PrivateDirectories.of(ProcessHandle.current().pid())).isEmpty();
    sshd.awaitNoClients();
  }

  private void callUntilOver(Transport transport, Random random) {
    while (!over.get()) {
      Command command =
          switch (random.nextInt(4)) {
            case 0 -> Command.of("sleep", UNLIKE_OTHERS);
            case 1 -> Command.of("head", "-c", "300000", "/dev/zero");
            default -> Command.of("true");
          };
      boolean bounded = command.argv().contains(UNLIKE_OTHERS) || random.nextBoolean();
      Limits limits =
          bounded
              ? Limits.timeout(Duration.ofMillis(random.nextInt(50, 3000)))
              : Limits.unbounded();
      try (CallScope call = transport.call()) {
        Captured output = new Captured(10);
        var _ =
            random.nextInt(10) == 0
                ? call.cleanUp(command, limits, output)
                : call.run(command, limits, output);
      } catch (TransportException refused) {
        // Nothing was started.
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
      var _ = Thread.interrupted();
    }
  }

  private static void killMasters() throws IOException {
    for (Path socket : OwnMasters.controlSockets()) {
      MasterControl.pid(socket, Duration.ofSeconds(1))
          .ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }
}
