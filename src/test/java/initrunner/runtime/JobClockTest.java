package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Command;
import initrunner.exec.Stop;
import initrunner.role.Role;
import initrunner.ssh.SshdExtension;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobException;
import initrunner.tool.jobs.JobScripts.Until;
import initrunner.tool.jobs.StoppedJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Which jobs `clean` removes, on a host whose clock is not ours.
@Timeout(90)
class JobClockTest {

  private static final Path PROGRAMS = programs();

  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension().withEnvironment("PATH=" + PROGRAMS + ":" + System.getenv("PATH"));

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private Optional<RoleRuntime> opened = Optional.empty();

  /// A directory with a `date` that is as many seconds ahead as its file `ahead` says.
  private static Path programs() {
    try {
      Path made = Files.createTempDirectory("initrunner-date-");
      Path date =
          Files.writeString(
              made.resolve("date"),
              """
              #!/bin/sh
              PATH=${PATH#*:}
              read -r ahead <%s/ahead
              exec date -d "@$(($(date +%%s) + ahead))" "$@"
              """
                  .formatted(made));
      Files.setPosixFilePermissions(date, PosixFilePermissions.fromString("rwxr-xr-x"));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void setAhead(Duration time) throws IOException {
    Files.writeString(PROGRAMS.resolve("ahead"), time.toSeconds() + "\n");
  }

  @BeforeEach
  void open() throws IOException {
    setAhead(Duration.ZERO);
    Role role = Roles.overSsh(sshd, Roles.SHELL);
    opened = Optional.of(RoleRuntime.open(role, Optional.empty(), "run1"));
  }

  @AfterEach
  void close() throws IOException {
    setAhead(Duration.ZERO);
    jobs().list().stream().filter(Job::mayRun).forEach(job -> jobs().stop(job.id()));
    jobs().clean(Optional.of(Duration.ZERO), List.of());
    opened.ifPresent(RoleRuntime::close);
  }

  private HostJobs jobs() {
    return opened.orElseThrow().hostWork().jobs();
  }

  private String start(String script) {
    return jobs().start(Command.of("sh", "-c", script), "work", script).id();
  }

  private Job ended(String id) {
    return jobs().await(List.of(id), Until.ALL, Duration.ofSeconds(30)).getFirst();
  }

  private List<String> cleaned(Duration age) {
    return jobs().clean(Optional.of(age), List.of()).stream().map(Job::id).toList();
  }

  private static Path files(String id) {
    return sshd.home().resolve(".cache/initrunner/jobs").resolve(id);
  }

  @Test
  void aHostThatIsADayAheadOrBehindCountsByItsOwnClock() throws Exception {
    for (Duration ahead : List.of(DAY, DAY.negated())) {
      setAhead(ahead);
      String running = start("sleep 1000");
      String id = start("exit 3");
      Job job = ended(id);
      assertThat(job.since().orElseThrow())
          .isCloseTo(
              Instant.now().plus(ahead),
              org.assertj.core.api.Assertions.within(1, java.time.temporal.ChronoUnit.MINUTES));
      assertThat(cleaned(HOUR)).isEmpty();
      assertThat(cleaned(Duration.ZERO)).containsExactly(id);
      assertThat(jobs().stop(running).stop()).isEqualTo(Stop.STOPPED);
      assertThat(cleaned(Duration.ZERO)).containsExactly(running);
    }
  }

  @Test
  void aClockThatIsSetBackKeepsNoJobForGoodAndCountsNoNegativeTime() throws Exception {
    setAhead(DAY);
    String id = start("until [ -e go ]; do sleep 0.1; done");
    setAhead(Duration.ZERO);
    Path go = Files.createFile(sshd.home().resolve("go"));
    assertThat(ended(id).ran()).isEmpty();
    Files.delete(go);
    setAhead(DAY.negated());
    assertThat(cleaned(HOUR)).isEmpty();
    assertThat(cleaned(Duration.ZERO)).containsExactly(id);
  }

  @Test
  void aLostJobIsAsOldAsTheEndOfItsOutput() throws Exception {
    String id = start("echo one; sleep 1000");
    Path output = files(id).resolve("out.000000000000000");
    while (Files.size(output) == 0) {
      Thread.sleep(10);
    }
    assertThat(jobs().stop(id).stop()).isEqualTo(Stop.STOPPED);
    Files.delete(files(id).resolve("status"));
    Path start = files(id).resolve("start");
    Files.writeString(start, Files.readString(start).replaceAll("since [0-9]+", "since 1000"));
    assertThat(jobs().list().getFirst().state()).isInstanceOf(Job.State.Lost.class);
    assertThat(cleaned(DAY)).isEmpty();
    Files.setLastModifiedTime(output, FileTime.from(Instant.now().minus(DAY).minus(HOUR)));
    assertThat(cleaned(DAY)).containsExactly(id);
  }

  @Test
  void whatAJobLeftRunningKeepsItsFilesUntilItIsStopped() throws Exception {
    String id = start("(setsid sh -c 'echo $$ >daemon; sleep 1000' &) & exit 4");
    assertThat(ended(id).state()).isInstanceOf(Job.State.Ended.class);
    Path daemon = sshd.home().resolve("daemon");
    while (!Files.exists(daemon) || Files.size(daemon) == 0) {
      Thread.sleep(10);
    }
    long pid = Long.parseLong(Files.readString(daemon).strip());
    assertThat(cleaned(Duration.ZERO)).isEmpty();
    assertThatThrownBy(() -> jobs().clean(Optional.empty(), List.of(id)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("processes that it started still run: stop it before");
    StoppedJob stopped = jobs().stop(id);
    assertThat(stopped.stop()).isEqualTo(Stop.STOPPED);
    assertThat(stopped.job().end()).contains("exited");
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(cleaned(Duration.ZERO)).containsExactly(id);
    Files.delete(daemon);
  }
}
