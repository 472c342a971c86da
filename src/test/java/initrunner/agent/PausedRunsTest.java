package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PausedRunsTest {

  @TempDir private Path home;

  @AfterEach
  void clearInterrupt() {
    boolean ignored = Thread.interrupted();
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
            Optional.empty(),
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
}
