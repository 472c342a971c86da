package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What runs inside of a scope, by a real shell, with a directory in the place of the hierarchy:
/// systemd is the one that would fill it.
class ScopeScriptTest {

  private static final String MARK = "@end";

  @TempDir Path hierarchy;

  private record End(int status, String stdout, String stderr) {}

  @BeforeEach
  void aScopeThatHolds() throws IOException {
    Files.writeString(hierarchy.resolve("memory.max"), "67108864\n");
    Files.writeString(hierarchy.resolve("cpu.max"), "50000 100000\n");
    Files.writeString(hierarchy.resolve("pids.max"), "257\n");
    Files.writeString(hierarchy.resolve("memory.events"), "low 0\noom 0\noom_kill 0\n");
  }

  private static String script() {
    ResourceLimits limits = new ResourceLimits(1 << 20, 1, 1, ResourceLimits.Policy.ENFORCE);
    return LimitMeans.SYSTEMD
        .hold(Command.of("true"), limits, "0a", Optional.empty())
        .command()
        .argv()
        .get(2);
  }

  /// In a mount namespace whose `/sys/fs/cgroup` is the directory, and whose own place in the
  /// unified hierarchy is its top.
  private End inScope(String blocks, String... command) throws Exception {
    Path own = Files.writeString(hierarchy.resolve("self"), "1:name=systemd:/elsewhere\n0::/\n");
    List<String> argv = new ArrayList<>(List.of("bwrap", "--dev-bind", "/", "/"));
    argv.addAll(List.of("--bind", hierarchy.toString(), "/sys/fs/cgroup"));
    String readsOwn = script().replace("/proc/self/cgroup", own.toString());
    argv.addAll(
        List.of("sh", "-c", readsOwn, "initrunner-scope", "run", "\\n" + MARK + " %s %s\\n"));
    argv.addAll(List.of("67108864", "50000", "256", blocks));
    argv.addAll(List.of(command));
    Process process = new ProcessBuilder(argv).start();
    process.getOutputStream().close();
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new End(process.waitFor(), stdout, stderr);
  }

  @Test
  void aCommandsEndIsTold() throws Exception {
    assertThat(inScope("unlimited", "sh", "-c", "echo hi; echo oh >&2; exit 7"))
        .isEqualTo(new End(7, "hi\n", "oh\n\n" + MARK + " 7 ended\n"));
    assertThat(inScope("unlimited", "sh", "-c", "kill -KILL $$").stderr())
        .endsWith("\n" + MARK + " 137 ended\n");
  }

  @Test
  void whatWasKilledForItsMemoryIsToldApart() throws Exception {
    String outOfMemory =
        "printf 'low 0\\noom 3\\noom_kill 2\\n' >" + hierarchy.resolve("memory.events") + "; ";
    assertThat(inScope("unlimited", "sh", "-c", outOfMemory + "exit 137").stderr())
        .isEqualTo("\n" + MARK + " 137 oom\n");
    assertThat(inScope("unlimited", "sh", "-c", outOfMemory + "exit 0").stderr())
        .isEqualTo("\n" + MARK + " 0 ended\n");
  }

  @Test
  void theOneThatTellsOutlivesWhatEndsTheWholeScope() throws Exception {
    assertThat(inScope("unlimited", "sh", "-c", "kill -TERM $PPID; exit 143").stderr())
        .isEqualTo("\n" + MARK + " 143 ended\n");
    assertThat(inScope("unlimited", "sh", "-c", "kill -TERM $$"))
        .isEqualTo(new End(143, "", "\n" + MARK + " 143 ended\n"));
  }

  @Test
  void aLimitThatDoesNotReadBackKeepsTheCommandFromRunning() throws Exception {
    for (String each : List.of("memory.max", "cpu.max", "pids.max")) {
      aScopeThatHolds();
      Files.writeString(hierarchy.resolve(each), "max\n");
      End end = inScope("unlimited", "echo", "ran");
      assertThat(end.stdout()).isEmpty();
      assertThat(end.stderr()).contains(each).endsWith("\n" + MARK + " 125 unstarted\n");
      Files.delete(hierarchy.resolve(each));
      assertThat(inScope("unlimited", "echo", "ran").stderr()).endsWith(" 125 unstarted\n");
    }
  }

  @Test
  void filesAreBoundedToo() throws Exception {
    assertThat(inScope("2", "sh", "-c", "ulimit -f").stdout()).isEqualTo("2\n");
  }
}
