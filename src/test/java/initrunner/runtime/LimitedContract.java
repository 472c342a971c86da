package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.OutOfMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The contract of every launcher that enforces limits. Each attempt that must fail is also made
/// without the launcher, where it must succeed.
abstract class LimitedContract extends LauncherContract {

  private Sandbox sandbox;
  private Sandbox uncontained;

  /// An opened sandbox of 64 MB of memory, half a processor or one, and files of at most 8 MB.
  protected abstract Sandbox make() throws Exception;

  /// An opened sandbox on the same host without a launcher.
  protected abstract Sandbox makeUncontained() throws Exception;

  @BeforeAll
  void open() throws Exception {
    Files.createDirectories(directory());
    sandbox = make();
    uncontained = makeUncontained();
  }

  @AfterAll
  void close() {
    sandbox.close();
    uncontained.close();
  }

  @Override
  protected Sandbox sandbox() {
    return sandbox;
  }

  @Override
  protected Sandbox another() throws Exception {
    return make();
  }

  protected final void failsOnlyInside(String attempt) {
    assertThat(sh(attempt).ended()).as("inside: %s", attempt).isNotEqualTo(new Exited(0));
    succeedsOutside(attempt);
  }

  protected final void succeedsOutside(String attempt) {
    assertThat(sh(uncontained, attempt).ended())
        .as("outside: %s", attempt)
        .isEqualTo(new Exited(0));
  }

  @Test
  void variablesThatWhatStartsItWouldObeyReachTheCommandAlone() throws Exception {
    Command echo = Command.of("/bin/echo", "hi").withEnvironment(Map.of("PATH", "/no/such"));
    assertThat(run(echo, MINUTE).stdout()).isEqualTo("hi\n");
    Command tell = Command.of("/bin/sh", "-c", "echo \"$PATH $SLURM_JOB_NAME $LD_BIND_NOT\"");
    Map<String, String> obeyed =
        Map.of("PATH", "/bin", "SLURM_JOB_NAME", "it's \"$own\"", "LD_BIND_NOT", "1");
    assertThat(run(tell.withEnvironment(obeyed), MINUTE).stdout())
        .isEqualTo("/bin it's \"$own\" 1\n");
    Path fake = Files.createTempDirectory("fake");
    Path shell = Files.writeString(fake.resolve("sh"), "#!/bin/sh\n: >" + fake + "/ran\n");
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    Command led = Command.of("true").withEnvironment(Map.of("PATH", fake + ":/usr/bin:/bin"));
    assertThat(run(led, MINUTE).ended()).isEqualTo(new Exited(0));
    assertThat(fake.resolve("ran")).doesNotExist();
    run(uncontained, led.withArgv(List.of("sh", "-c", "true")), MINUTE);
    assertThat(fake.resolve("ran")).exists();
  }

  @Test
  void whatUsesTooMuchMemoryIsEndedAndThatIsSaid() {
    String hog = "x=x; i=0; while [ $i -lt 26 ]; do x=$x$x; i=$((i + 1)); done";
    Ran ran = sh("echo own >&2; " + hog);
    assertThat(ran.ended()).isEqualTo(new OutOfMemory(137));
    assertThat(ran.stderr()).isEqualTo("own\n");
    succeedsOutside(hog);
    assertThat(sh("(" + hog + "); exit 0").ended()).isEqualTo(new Exited(0));
    assertThat(sh("kill -KILL $$").ended()).isEqualTo(new Exited(137));
  }

  @Test
  void noFileGrowsBeyondItsLimit() {
    String attempt =
        """
        head -c 8000000 /dev/zero >big || exit 1
        head -c 9000000 /dev/zero >big
        status=$?
        rm big
        exit $status
        """;
    assertThat(sh(attempt).ended()).isEqualTo(new Exited(153));
    succeedsOutside(attempt);
  }

  @Test
  void whatLeavesItsProcessGroupEndsWithTheCallAllTheSame() throws Exception {
    assertThat(outlivesItsCall(sandbox)).as("inside").isFalse();
    assertThat(outlivesItsCall(uncontained)).as("outside").isTrue();
  }

  private boolean outlivesItsCall(Sandbox where) throws Exception {
    String beat = "beat" + System.nanoTime();
    String daemon =
        "i=0; while [ -e %1$s ] && [ $i -lt 300 ]; do echo x >>%1$s; i=$((i + 1)); sleep 0.1; done";
    String script =
        ">%1$s; setsid sh -c '"
            + daemon
            + "' </dev/null >/dev/null 2>&1 & until [ -s %1$s ]; do :; done";
    assertThat(sh(where, script.formatted(beat)).ended()).isEqualTo(new Exited(0));
    Path file = directory().resolve(beat);
    boolean outlives = !isStill(file);
    Files.delete(file);
    return outlives;
  }
}
