package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.tools.JobsSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The tool `jobs` over a real sshd.
@Timeout(90)
class JobToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final JobsSettings JOBS =
      new JobsSettings(
          ShellSettings.unblocked(),
          3,
          Optional.of(Duration.ofHours(1)),
          4 << 20,
          Duration.ofDays(7));

  private static final Pattern STARTED = Pattern.compile("Job ([0-9a-f]{12}) .*", Pattern.DOTALL);

  @TempDir private Path directory;
  private Optional<Recorded> recorded = Optional.empty();
  private Optional<RoleRuntime> opened = Optional.empty();

  @BeforeEach
  void open() {
    recorded = Optional.of(new Recorded(directory));
    opened = Optional.of(runtime(JOBS));
  }

  @AfterEach
  void close() {
    for (String line : call("list_jobs", Map.of()).text().lines().toList()) {
      if (line.contains("running")) {
        call("stop_job", Map.of("id", line.substring(0, 12)));
      }
    }
    opened.ifPresent(RoleRuntime::close);
    recorded.ifPresent(Recorded::close);
  }

  private RoleRuntime runtime(JobsSettings jobs) {
    Role ssh = Roles.overSsh(sshd, Roles.SHELL);
    Role role =
        Roles.role(
            sshd.directory(),
            Backend.SSH,
            ssh.sandbox().ssh(),
            List.of(new ToolGrant(jobs), new ToolGrant(Roles.shell(Duration.ofSeconds(1), 1000))));
    return RoleRuntime.open(role, recorded.map(Recorded::store), "run1");
  }

  private ToolResult call(String function, Map<String, Object> arguments) {
    return opened.orElseThrow().call(new ToolCall("c1", function, arguments));
  }

  private String start(String command) {
    ToolResult result = call("start_job", Map.of("command", command));
    Matcher started = STARTED.matcher(result.text());
    assertThat(started.matches()).as(result.text()).isTrue();
    return started.group(1);
  }

  private String output(String id, long from) {
    return call("job_output", Map.of("id", id, "from_byte", from)).text();
  }

  private String awaitEnd(String id) {
    return call("wait_jobs", Map.of("ids", id, "seconds", 60)).text();
  }

  private Path files(String id) {
    return sshd.home().resolve(".cache/initrunner/jobs").resolve(id);
  }

  @Test
  void aJobStartsAtOnceAndItsOutputAndItsEndAreKept() throws IOException {
    String id = start("sh -c 'echo one; echo two >&2; sleep 1; exit 3'");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files(id))))
        .isEqualTo("rwx------");
    assertThat(call("job_output", Map.of("id", id, "from_byte", 4, "wait_seconds", 10)).text())
        .contains(
            id + " sh: running, 8 bytes of output\nBytes 4 to 8; the next from_byte is 8.\ntwo");
    assertThat(awaitEnd(id)).startsWith(id + " sh: ended with exit code 3 after ");
    assertThat(call("job_output", Map.of("id", id)).text()).endsWith("\none\ntwo");
  }

  @Test
  void itGoesOnWithoutThoseWhoStartedIt() throws IOException {
    Files.deleteIfExists(sshd.home().resolve("go"));
    String id = start("sh -c 'echo one; until [ -e go ]; do sleep 0.1; done; echo two; exit 7'");
    opened.orElseThrow().close();
    sshd.stop();
    sshd.start();
    opened = Optional.of(runtime(JOBS));
    assertThat(call("list_jobs", Map.of()).text()).contains(id + " sh: running");
    Files.createFile(sshd.home().resolve("go"));
    assertThat(awaitEnd(id)).contains("ended with exit code 7 after ");
    assertThat(output(id, 0)).contains("Bytes 0 to 8;").endsWith("\none\ntwo");
    assertThat(output(id, 4)).contains("Bytes 4 to 8;").endsWith("\ntwo");
    assertThat(recorded.orElseThrow().lines())
        .anyMatch(line ->
            line.startsWith("sandbox.job ")
                && line.contains("job=" + id)
                && line.contains(" ended=started "))
        .filteredOn(line ->
            line.startsWith("sandbox.job ")
                && line.contains("job=" + id)
                && line.contains(" ended=exited rc=7 "))
        .hasSize(1);
  }

  @Test
  void aStopEndsAllOfItsProcessesAndSaysSo() {
    String id = start("sh -c 'setsid sleep 1000 & sleep 1000'");
    ToolResult stopped = call("stop_job", Map.of("id", id));
    assertThat(stopped.text())
        .contains("was stopped (exit code 143)")
        .endsWith("No process of it is left on my-build-box.");
    assertThat(output(id, 0)).contains("was stopped");
  }

  @Test
  void theStopOfACallLeavesItAloneAndIsProven() {
    String id = start("sleep 1000");
    assertThat(call("run_shell", Map.of("command", "sleep 1000")).text())
        .contains("timed out")
        .contains("The command was stopped.");
    assertThat(call("list_jobs", Map.of()).text()).contains(id + " sleep: running");
  }

  @Test
  void ofMoreOutputThanIsKeptTheMiddleGoes() throws IOException {
    String id = start("sh -c 'seq 1 2000000'");
    assertThat(awaitEnd(id)).contains("14888896 bytes of output");
    try (var kept = Files.list(files(id))) {
      assertThat(
              kept.filter(file -> file.getFileName().toString().startsWith("out."))
                  .mapToLong(file -> file.toFile().length())
                  .sum())
          .isBetween(3L << 19, 4L << 20);
    }
    assertThat(output(id, 0)).contains("\n1\n2\n3\n");
    assertThat(output(id, 14888888)).endsWith("\n2000000");
    // Into the gap: the answer begins with the first byte that is there.
    assertThat(output(id, 5_000_000)).containsPattern("Bytes [0-9]{7,} to");
  }

  @Test
  void aJobThatRunsTooLongIsStopped() {
    opened.orElseThrow().close();
    opened =
        Optional.of(
            runtime(
                new JobsSettings(
                    ShellSettings.unblocked(),
                    3,
                    Optional.of(Duration.ofSeconds(1)),
                    4 << 20,
                    Duration.ofDays(7))));
    String id = start("sleep 1000");
    assertThat(awaitEnd(id)).contains("was stopped after its longest time (exit code 143)");
  }

  @Test
  void noMoreRunThanMay() {
    for (int i = 0; i < 3; i++) {
      start("sleep 1000");
    }
    assertThat(call("start_job", Map.of("command", "sleep 1000")).text())
        .isEqualTo("Error: 3 jobs run here already, and max_running is 3.");
  }

  @Test
  void aProcessThatHasItsNumberByNowIsNotTakenForIt() throws Exception {
    String id = start("sleep 1000");
    call("stop_job", Map.of("id", id));
    Process other = new ProcessBuilder("sleep", "1000").start();
    try {
      Path pid = files(id).resolve("pid");
      String[] words = Files.readString(pid).strip().split(" ", -1);
      Files.delete(files(id).resolve("status"));
      Files.writeString(pid, other.pid() + " " + words[1] + " " + words[2] + " " + words[3] + "\n");
      assertThat(output(id, 0)).contains("has ended, and how is not known");
      call("stop_job", Map.of("id", id));
      assertThat(other.isAlive()).isTrue();
      Files.writeString(pid, words[0] + " " + words[1] + " another-boot " + words[3] + "\n");
      assertThat(output(id, 0)).contains("the machine was started anew");
      Files.writeString(pid, words[0] + " " + words[1] + " " + words[2] + " other-node\n");
      assertThat(output(id, 0)).contains("runs on other-node");
      assertThat(call("stop_job", Map.of("id", id)).text())
          .startsWith("Error: job " + id + " runs on");
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aJobOfAnotherMachineThatSharesTheFilesIsWaitedForLikeOurs() throws IOException {
    String id = start("sh -c 'echo one; sleep 2; echo two; sleep 1; exit 6'");
    Path pid = files(id).resolve("pid");
    String[] words = Files.readString(pid).strip().split(" ", -1);
    Files.writeString(pid, words[0] + " " + words[1] + " " + words[2] + " other-node\n");
    assertThat(call("job_output", Map.of("id", id, "from_byte", 4, "wait_seconds", 30)).text())
        .endsWith("\ntwo");
    assertThat(awaitEnd(id)).contains("ended with exit code 6");
  }

  @Test
  void anIdThatNamesNoJobIsSaid() {
    assertThat(output("abc123", 0)).isEqualTo("Error: there is no job abc123.");
    assertThat(call("job_output", Map.of("id", "abc123", "from_byte", -1)).text())
        .isEqualTo("Error: from_byte is -1; the first byte is 0.");
    assertThat(output("../x", 0))
        .isEqualTo("Error: '../x' is no job's id or name; list_jobs shows them.");
  }

  @Test
  void progressThatALineWritesOverItselfIsLeftOut() {
    String id = start("printf 'a 1%%\\ra 50%%\\ra 100%%\\nb\\r\\nc'");
    assertThat(awaitEnd(id)).contains("exit code 0");
    assertThat(output(id, 0)).endsWith("the next from_byte is 22.\na 100%\nb\nc");
  }

  @Test
  void onAFullDiskItGoesOnAndWhatIsLostIsCounted() throws Exception {
    Path jobs = Files.createDirectories(sshd.home().resolve(".cache/initrunner/jobs"));
    assertThat(run("mount", "-t", "tmpfs", "-o", "size=2m", "initrunner-test", jobs.toString()))
        .isZero();
    try {
      String id = start("sh -c 'seq 1 1000000; exit 4'");
      assertThat(awaitEnd(id))
          .contains("ended with exit code 4")
          .containsPattern("the last [0-9]{7} are lost: the disk was full");
      assertThat(output(id, 0)).contains("\n1\n2\n3\n");
      assertThat(call("start_job", Map.of("command", "true")).text())
          .isEqualTo(
              "Error: the job's files cannot be written in "
                  + sshd.home()
                  + "/.cache/initrunner/jobs; the disk may be full.");
    } finally {
      assertThat(run("umount", jobs.toString())).isZero();
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Test
  void aJobThatThisAuditLogDidNotSeeStartIsInNoRow() throws IOException {
    Path strange = Files.createDirectories(files("0123456789ab"));
    Files.writeString(strange.resolve("start"), "name strange\nsince 1\n");
    assertThat(call("list_jobs", Map.of()).text()).contains("0123456789ab strange: has ended");
    assertThat(recorded.orElseThrow().lines()).noneMatch(line -> line.contains("0123456789ab"));
    Files.delete(strange.resolve("start"));
  }

  @Test
  void whatAJobMayHavePutBesideItsFilesIsNotFollowedAndNotRun() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "hunter2");
    Path ran = directory.resolve("ran");
    String id = start("sleep 1000");
    Files.delete(files(id).resolve("out.000000000000000"));
    Files.createSymbolicLink(files(id).resolve("out.000000000000000"), secret);
    Files.createFile(files(id).resolve("out.a[$(touch ran)]"));
    assertThat(output(id, 0)).doesNotContain("hunter2");
    Files.writeString(files(id).resolve("pid"), "1 a[$(touch " + ran + ")] b c\n");
    call("stop_job", Map.of("id", id));
    assertThat(ran).doesNotExist();
    assertThat(sshd.home().resolve("ran")).doesNotExist();
  }
}
