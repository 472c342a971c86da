package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.model.Message;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.runtime.RoleHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PausedRunsTest {

  @TempDir private Path home;

  @AfterEach
  void clearInterrupt() {
    boolean ignored = Thread.interrupted();
  }

  @Test
  @Timeout(60)
  void aPipeIsNoPausedRun() throws Exception {
    PausedRuns runs = new PausedRuns(home, UnaryOperator.identity());
    runs.save(run("3f2a90c1d4e5"));
    Path file = home.resolve("paused/3f2a90c1d4e5.json");
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", "-m600", file.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> runs.find("3f2a90c1d4e5"))
        .isInstanceOf(PausedRunException.class)
        .hasMessageContaining(file + " is not a paused run: it is not a regular file");
  }

  private static PausedRun run(String id) {
    ToolRequest call = new ToolRequest("call-1", "run_shell", "{\"command\":\"id\"}");
    return new PausedRun(
        id,
        1,
        Instant.parse("2026-01-31T10:00:00Z"),
        "agent",
        "Go.",
        List.of("call-1"),
        Map.of(),
        new Transcript(
            List.of(
                new Message.User("Go."),
                new Message.Assistant(
                    new Turn("", List.of(call), Turn.Finish.COMPLETE, Usage.NONE))),
            Usage.NONE,
            List.of(),
            1,
            Duration.ZERO),
        new PausedRun.Setting(
            Path.of("/role.yaml"),
            "0".repeat(64),
            List.of(),
            Optional.of("openai:gpt-5-mini"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  /// As after a Ctrl-C: the run is cancelled, and then stored or forgotten.
  @Test
  void anInterruptedThreadStoresWholeFilesAndStaysInterrupted() {
    PausedRuns runs = new PausedRuns(home, UnaryOperator.identity());
    Thread.currentThread().interrupt();

    runs.save(run("ab"));
    runs.decide(runs.find("ab"));
    runs.done(run("ab"));

    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThat(home.resolve("paused")).isDirectoryContaining("glob:**/ab.done");
    assertThat(home.resolve("paused").toFile().list()).containsExactly("ab.done");
  }

  @Test
  void theDirectoryAndTheFileAreTheOwnersAlone() throws Exception {
    new PausedRuns(home, UnaryOperator.identity()).save(run("ab"));

    Path directory = home.resolve("paused");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("ab.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void aCallThatHoldsASecretIsNotStored() {
    PausedRuns runs = new PausedRuns(home, text -> text.replace("id", "[REDACTED]"));

    assertThatThrownBy(() -> runs.save(run("ab")))
        .isInstanceOf(PausedRunException.class)
        .hasMessageContaining("looks like a secret");
    assertThat(home.resolve("paused")).doesNotExist();
  }

  private PausedRuns runs() {
    return new PausedRuns(home, UnaryOperator.identity());
  }

  private static PausedRun pausedAgain(PausedRun run, Instant when) {
    return new PausedRun(
        run.runId(),
        run.number() + 1,
        when,
        run.agentName(),
        run.prompt(),
        run.callIds(),
        run.callPlaces(),
        run.transcript(),
        run.setting());
  }

  @Test
  void whatIsStoredCanBeHadBack() {
    PausedRun plain = run("ab");
    PausedRun.Setting everything =
        new PausedRun.Setting(
            Path.of("/role.yaml"),
            "1".repeat(64),
            List.of(
                new RoleHost(
                    "ssh",
                    Optional.of("alba"),
                    Optional.of("/srv"),
                    Optional.of("bwrap"),
                    Optional.of("/ssh_config"),
                    Optional.of("me@alba:22"),
                    Optional.of("/srv/a, ."),
                    Optional.empty())),
            Optional.empty(),
            Optional.of(Path.of("/turns")),
            Optional.of(Path.of("/record")),
            Optional.of(Path.of("/audit.db")));
    PausedRun full =
        new PausedRun(
            "cd",
            3,
            plain.pausedAt(),
            "other",
            "Do.",
            List.of(),
            Map.of(),
            plain.transcript(),
            everything);
    for (PausedRun run : List.of(plain, full)) {
      runs().save(run);
      assertThat(runs().find(run.approvalId())).isEqualTo(run);
    }
  }

  @Test
  void thoseThatWaitAreListedTheOneThatWaitsLongestFirst() {
    assertThat(runs().waiting().runs()).isEmpty();
    PausedRun young = pausedAgain(run("aa"), Instant.parse("2026-01-31T12:00:00Z"));
    runs().save(young);
    runs().save(run("bb"));
    runs().save(run("cc"));
    runs().decide(run("cc"));
    assertThat(runs().waiting().runs()).containsExactly(run("bb"), young);
  }

  @Test
  void aDamagedFileHidesNoOtherRun() throws IOException {
    runs().save(run("aa"));
    runs().save(run("bb"));
    Path damaged = home.resolve("paused/aa.json");
    Files.writeString(damaged, "{");

    assertThat(runs().waiting().runs()).containsExactly(run("bb"));
    assertThat(runs().waiting().unreadable())
        .singleElement()
        .satisfies(
            why -> assertThat(why).hasMessageStartingWith(damaged + " is not a paused run: "));
  }

  /// A resumed run that pauses again waits; it is not being continued any more.
  @Test
  void aRunThatPausesAnewReplacesItsAnswer() {
    runs().save(run("ab"));
    runs().decide(run("ab"));
    PausedRun again = pausedAgain(run("ab"), Instant.parse("2026-01-31T11:00:00Z"));

    runs().save(again);

    assertThat(home.resolve("paused").toFile().list()).containsExactly("ab.json");
    assertThat(runs().find("ab-2")).isEqualTo(again);
    for (ThrowingCallable old :
        List.<ThrowingCallable>of(() -> runs().find("ab"), () -> runs().decide(run("ab")))) {
      assertThatThrownBy(old)
          .isInstanceOf(PausedRunException.Answered.class)
          .hasMessageContaining("waits anew since 2026-01-31T11:00:00Z");
    }
    assertThat(runs().find("ab-2")).isEqualTo(again);
  }

  @Test
  void anAnswerCountsOnce() {
    runs().save(run("ab"));
    runs().decide(run("ab"));
    for (ThrowingCallable second :
        List.<ThrowingCallable>of(() -> runs().decide(run("ab")), () -> runs().find("ab"))) {
      assertThatThrownBy(second)
          .isInstanceOf(PausedRunException.Answered.class)
          .hasMessageContaining("is being continued or was cut off");
    }
    runs().done(run("ab"));
    assertThatThrownBy(() -> runs().find("ab"))
        .isInstanceOf(PausedRunException.Answered.class)
        .hasMessageContaining(" and has ended");
  }

  /// The waiting pause's file is not even renamed, so a process that decides it finds it.
  @Test
  void anAnswerToAnOldPauseDoesNotTouchTheOneThatWaits() throws Exception {
    runs().save(run("ab"));
    runs().decide(run("ab"));
    PausedRun again = pausedAgain(run("ab"), Instant.parse("2026-01-31T11:00:00Z"));
    runs().save(again);
    Path directory = home.resolve("paused");
    Files.setLastModifiedTime(directory, FileTime.from(Instant.EPOCH));

    assertThatThrownBy(() -> runs().decide(run("ab")))
        .isInstanceOf(PausedRunException.Answered.class);

    assertThat(Files.getLastModifiedTime(directory).toInstant()).isEqualTo(Instant.EPOCH);
    runs().decide(again);
  }

  @Test
  void whatIsNoNameOfARunIsUnknown() {
    for (String name : List.of("ab", "", "../ab", "AB", "ab-", "ab-2-3", "a".repeat(65))) {
      assertThatThrownBy(() -> runs().find(name))
          .isExactlyInstanceOf(PausedRunException.class)
          .hasMessageContaining("no run " + name + " waits for approval")
          .extracting(unknown -> ((PausedRunException) unknown).remedy())
          .isEqualTo("initrunner pending lists those that do.");
    }
  }

  @Test
  void aFileThatIsNoPausedRunIsNamed() throws Exception {
    runs().save(run("ab"));
    Path file = home.resolve("paused/ab.json");
    String whole = Files.readString(file);
    for (String broken :
        List.of(
            "",
            "{}",
            whole.substring(0, whole.length() / 2),
            whole.replaceFirst("\"version\" : [0-9]+", "\"version\" : 99"),
            whole.replace("2026-01-31T", "yesterday"))) {
      Files.writeString(file, broken);
      assertThatThrownBy(() -> runs().find("ab"))
          .isExactlyInstanceOf(PausedRunException.class)
          .hasMessageContaining(file + " is not a paused run");
    }
  }

  @Test
  void aSecretIsTakenOutOfThePromptByEveryRedactionThatKnowsOne() {
    PausedRuns runs =
        new PausedRuns(home, text -> text.replace("G", "*"))
            .redacting(text -> text.replace(".", "!"));
    runs.save(run("ab"));
    assertThat(runs.find("ab").prompt()).isEqualTo("*o!");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
    Files.createFile(home.resolve("paused"));
    assertThatThrownBy(() -> runs().save(run("ab")))
        .isExactlyInstanceOf(PausedRunException.class)
        .hasMessageContaining("cannot be kept in " + home.resolve("paused"));
    assertThatThrownBy(() -> runs().done(run("ab"))).isExactlyInstanceOf(PausedRunException.class);
  }
}
