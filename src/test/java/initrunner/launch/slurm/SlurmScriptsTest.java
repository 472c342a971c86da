package initrunner.launch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.Trailer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The scripts by a real shell, with programs of Slurm that say what a cluster cannot be made to
/// say: that a node has failed, that a job comes late.
class SlurmScriptsTest {

  private static final Trailer TRAILER = new Trailer("@end");
  private static final String FORMAT = TRAILER.format() + "\n";

  @TempDir private Path directory;

  private record End(int status, String stdout, String stderr) {}

  @BeforeEach
  void pauseForNothing() throws IOException {
    program("sleep", ":");
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private End run(String script, String input, String... arguments) throws Exception {
    List<String> argv = new ArrayList<>(List.of("bash", "-c", script, "initrunner"));
    argv.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().merge("PATH", directory + ":", (path, own) -> own + path);
    builder.environment().put("SLURM_SUBMIT_DIR", directory.toString());
    Path error = directory.resolve("stderr");
    Process process = builder.redirectError(error.toFile()).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new End(process.waitFor(), out, Files.readString(error));
  }

  private End job(String hold, String processes) throws Exception {
    return run(
        SlurmLauncher.JOB.text(),
        FORMAT,
        "-",
        "",
        "0",
        "unlimited",
        processes,
        hold,
        "echo",
        "ran");
  }

  /// `ulimit -u` is set for root as for any account, and bounds it in nothing.
  @Test
  void rootIsHeldToNoLimitOfProcessesAndIsRefusedWhereOneMustHold() throws Exception {
    program("id", "echo 0");
    End refused = job("must", "40000");
    assertThat(refused.status()).isEqualTo(126);
    assertThat(refused.stdout()).isEmpty();
    assertThat(refused.stderr())
        .contains("process_limit is not enforced: no such limit holds root");
    assertThat(TRAILER.read(refused.stderr()))
        .contains(new Trailer.End(126, Trailer.Cause.UNSTARTED));
    assertThat(job("may", "40000").stdout()).isEqualTo("ran\n");
    assertThat(job("must", "unlimited").stdout()).isEqualTo("ran\n");
  }

  @Test
  void anAccountThatALimitOfProcessesHoldsRunsItsCommand() throws Exception {
    program("id", "echo 1000");
    End ran = job("must", "40000");
    assertThat(ran.stdout()).isEqualTo("ran\n");
    assertThat(TRAILER.read(ran.stderr())).contains(new Trailer.End(0, Trailer.Cause.ENDED));
  }

  @Test
  void aLimitThatTheNodeDoesNotTakeIsRefused() throws Exception {
    program("id", "echo 1000");
    End refused =
        run(
            "ulimit() { [ $# -gt 1 ] || echo unlimited; }; " + SlurmLauncher.JOB.text(),
            FORMAT,
            "-",
            "",
            "0",
            "100",
            "unlimited",
            "must",
            "echo",
            "ran");
    assertThat(refused.status()).isEqualTo(126);
    assertThat(refused.stderr()).contains("file_size_limit is not enforced: it reads unlimited");
  }

  private End stop(String states) throws Exception {
    program("scancel", "echo \"$@\" >>" + directory + "/cancelled");
    program(
        "squeue",
        "n=$(cat "
            + directory
            + "/n 2>/dev/null || echo 0); echo $((n + 1)) >"
            + directory
            + "/n\n"
            + states);
    Files.deleteIfExists(directory.resolve("n"));
    return run(SlurmLauncher.STOP.text(), "", "initrunner-0a");
  }

  @ParameterizedTest
  @CsvSource({
    "'',0",
    "COMPLETED,0",
    "CANCELLED,0",
    "OUT_OF_MEMORY COMPLETED,0",
    "NODE_FAIL,2",
    "CANCELLED NODE_FAIL COMPLETED,2",
    "RUNNING,1",
    "COMPLETING,1",
    "NODE_FAIL RUNNING,1",
    "A_STATE_OF_A_LATER_SLURM,1"
  })
  void aStopIsProvenOnlyWhereEveryJobOfTheNameHasEnded(String states, int status) throws Exception {
    assertThat(stop("printf '%s\\n' " + states).status()).isEqualTo(status);
    assertThat(directory.resolve("cancelled"))
        .content()
        .contains("--state=PENDING --name=initrunner-0a", "--signal=KILL --name=initrunner-0a");
  }

  @Test
  void aNodeThatFailedMayStillRunTheJob() throws Exception {
    assertThat(stop("echo NODE_FAIL").stderr()).contains("its node failed, and may still run it");
  }

  /// The controller may hear of a job only after it was asked.
  @Test
  void oneEmptyAnswerIsNoProof() throws Exception {
    assertThat(stop("[ $((n % 2)) = 0 ] || echo RUNNING").status()).isEqualTo(1);
    assertThat(stop("[ $n != 1 ] || echo RUNNING").status()).isZero();
  }

  @Test
  void whereTheQueueCannotBeAskedNothingIsKnown() throws Exception {
    assertThat(stop("exit 1").status()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "'srun: error: Unable to allocate resources: Invalid account',1,UNSTARTED,1",
    "'srun: error: Unable to create step for job 7',1,UNSTARTED,1",
    "'srun: unrecognized option --x',1,UNSTARTED,1",
    "'srun: error: a: task 0: Out Of Memory',1,OOM,137"
  })
  void whatSrunSaysOfAJobThatWroteNoEndIsItsEnd(
      String said, int srun, Trailer.Cause cause, int status) throws Exception {
    program("srun", "echo '" + said + "' >&2; exit " + srun);
    End end = run(SlurmLauncher.START.text(), FORMAT, "-", "srun");
    assertThat(end.stderr()).startsWith(said);
    assertThat(TRAILER.read(end.stderr())).contains(new Trailer.End(status, cause));
  }

  @Test
  void theEndThatTheJobWroteStandsBehindWhatSrunSays() throws Exception {
    program(
        "srun",
        "echo 'srun: job 7 queued and waiting for resources' >&2; echo out;"
            + " printf 'own\\n\\n@end 3 ended\\n' >&9; echo 'srun: task 0: Exited' >&2; exit 3");
    End end = run(SlurmLauncher.START.text(), FORMAT, "-", "srun");
    assertThat(end.stdout()).isEqualTo("out\n");
    assertThat(end.stderr()).contains("queued and waiting", "own\n");
    assertThat(TRAILER.read(end.stderr()))
        .isEqualTo(Optional.of(new Trailer.End(3, Trailer.Cause.ENDED)));
  }
}
