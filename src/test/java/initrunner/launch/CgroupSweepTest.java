package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.launch.ResourceLimits.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// Calls that outlived the process that started them, in cgroups of the system.
class CgroupSweepTest {

  /// Goes on in cgroups of that name, as a login session of its own has them in version 1.
  private static final String IN_A_SESSION =
      """
      for each in memory cpu pids; do
        [ ! -d /sys/fs/cgroup/$each ] || {
          mkdir -p "/sys/fs/cgroup/$each/$0" && echo $$ >"/sys/fs/cgroup/$each/$0/cgroup.procs"
        } || exit 99
      done
      exec "$@"
      """;

  /// What clears up behind a call is in them for a moment yet.
  private static final String LEAVE =
      """
      for each in memory cpu pids; do
        while [ -d "/sys/fs/cgroup/$each/$0" ] && ! rmdir "/sys/fs/cgroup/$each/$0" 2>/dev/null; do
          sleep 0.05
        done
      done
      """;

  private final String session =
      "session-" + Long.toHexString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));

  private static Process start(List<String> argv) throws IOException {
    return new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static List<String> held() throws IOException {
    return start(LimitMeans.CGROUP.held().argv()).inputReader().lines().distinct().toList();
  }

  @Test
  void whatRunsInAnotherLoginSessionIsFoundAndEnded() throws Exception {
    Process owner = start(List.of("sleep", "100"));
    String callId = Long.toHexString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
    ResourceLimits limits = new ResourceLimits(64L << 20, 1.0, 40, Policy.ENFORCE);
    Command command = Command.of("sh", "-c", "echo begun; sleep 100; :");
    List<String> argv = new ArrayList<>(List.of("sh", "-c", IN_A_SESSION, session));
    argv.addAll(
        LimitMeans.CGROUP
            .hold(command, limits, callId, Owner.of(Long.toString(owner.pid())))
            .command()
            .argv());
    Process call = start(argv);
    try (BufferedReader output = call.inputReader()) {
      assertThat(output.readLine()).isEqualTo("begun");
      String name = callId + "." + Owners.text(owner.pid());
      assertThat(held()).contains(name);
      assertThat(Leftovers.ifGone(name)).isEmpty();
      owner.destroyForcibly().waitFor();
      assertThat(Leftovers.ifGone(name)).contains(name);
      Command end = LimitMeans.CGROUP.ends(List.of(name)).getFirst();
      assertThat(start(end.argv()).waitFor()).isZero();
      call.waitFor();
      assertThat(held()).doesNotContain(name);
      assertThat(start(List.of("sh", "-c", LEAVE, session)).waitFor()).isZero();
    } finally {
      owner.destroyForcibly();
      call.destroyForcibly();
    }
  }
}
