package initrunner.transfer;

import initrunner.ssh.SshdExtension;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A part of what `dev/soak` does for longer.
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ExchangeFaultTest {

  private static final int ROUNDS = 10;

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;

  @Test
  void everyFileIsOneOfItsVersionsAndNoEditIsLost() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("Seed of the exchanges: " + seed);
    new ExchangeRounds(sshd, directory, seed).run(ROUNDS);
  }
}
