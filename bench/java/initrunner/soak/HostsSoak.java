package initrunner.soak;

import initrunner.cli.hosts.KilledRound;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;

/// `hosts=N`: an `exec --hosts` on so many loopback addresses of one `sshd`, all at once, of each 20
/// three dead and one slow. It is killed (SIGKILL) while its commands run; nothing of it may be left
/// here or there, and what it held while they ran is bounded by their number.
final class HostsSoak {

  private static final int THREADS_OF_A_HOST = 4;
  private static final int DESCRIPTORS_OF_A_HOST = 8;
  private static final int BESIDE = 80;

  private HostsSoak() {}

  /// @return whether what it held is bounded
  static boolean run(Path directory, int hosts) throws Exception {
    SshdExtension sshd = new SshdExtension("MaxStartups 1000").onAllAddresses();
    sshd.prepareAndStart();
    try {
      Path round = Files.createDirectories(directory.resolve("hosts"));
      KilledRound.Held held = new KilledRound(sshd, round, hosts).run();
      System.out.printf(
          "%n%d of %d hosts ran the command when it was killed, and nothing was left: threads %d,"
              + " descriptors %d, processes beside the connections %d%n",
          held.commands(), hosts, held.threads(), held.descriptors(), held.started());
      return held.threads() < BESIDE + THREADS_OF_A_HOST * hosts
          && held.descriptors() < BESIDE + DESCRIPTORS_OF_A_HOST * hosts
          && held.started() <= 1 + hosts / 4;
    } finally {
      sshd.stopAndDelete();
    }
  }
}
