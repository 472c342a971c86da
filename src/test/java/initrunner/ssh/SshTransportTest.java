package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.transport.Transport;
import initrunner.exec.transport.TransportContract;
import initrunner.ssh.mux.ExecChannel;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SshTransportTest extends TransportContract {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static SshTransport transport;

  @BeforeAll
  static void open() {
    transport = new SshTransport(sshd.target());
    transport.open();
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  @Override
  protected Transport transport() {
    return transport;
  }

  @Override
  protected Path workDirectory() {
    return sshd.home();
  }

  @Test
  void aBackgroundChildThatPrintsNowAndThenDoesNotMakeTheCommandLast() {
    assertThatAChildThatPrintsNowAndThenKeepsNoCall();
  }

  @Test
  void theInputGoesOutAsFarAsTheServerTakesItThoughNobodyReadsIt() throws Exception {
    AtomicLong taken = new AtomicLong();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            taken.addAndGet(length);
            return length;
          }
        };
    Command command = Command.of("sleep", "600").withStdin(new Stdin.Stream(endless));
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> call =
          caller.submit(
              () -> transport.run(command, Limits.timeout(Duration.ofSeconds(40)), Sink.DISCARD));
      while (taken.get() <= ExecChannel.WINDOW_BYTES) {
        Thread.sleep(10);
      }
      assertThat(call).isNotDone();
      caller.shutdownNow();
      assertThat(call.get().ended()).isEqualTo(new Cancelled(Stop.STOPPED));
    }
  }
}
