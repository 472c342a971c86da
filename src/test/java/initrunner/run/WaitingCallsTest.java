package initrunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.runtime.RoleHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingCallsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path home;
  private WaitingCalls calls;

  @BeforeEach
  void open() {
    calls = WaitingCalls.of(Map.of("INITRUNNER_HOME", home.toString()));
  }

  private static WaitingCall call(String id) {
    return new WaitingCall(
        id,
        Instant.parse("2026-01-01T00:00:00Z"),
        RoleHost.ofFields(Map.of("backend", "ssh", "host", "box", "directory", "/srv")),
        "agent/1",
        "run_shell",
        "{\"command\":\"true\"}");
  }

  @Test
  void aWaitingCallIsSeenByItsOwnerOnlyAndIsGoneWhenItsQuestionIsClosed() throws Exception {
    try (WaitingCalls.Question question = calls.ask(call("ab12"))) {
      assertThat(question.id()).isEqualTo("ab12");
      assertThat(calls.waiting()).containsExactly(call("ab12"));
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(home.resolve("waiting/ab12.json"))))
          .isEqualTo("rw-------");
    }
    assertThat(calls.waiting()).isEmpty();
    assertThat(home.resolve("waiting")).isEmptyDirectory();
  }

  @Test
  void aDecisionCountsOnce() throws Exception {
    try (WaitingCalls.Question question = calls.ask(call("ab12"))) {
      assertThat(calls.decide("ab12", new WaitingCalls.Decision.No(Optional.of("later")))).isTrue();
      assertThat(calls.decide("ab12", new WaitingCalls.Decision.Yes())).isFalse();

      assertThat(question.await(LONG))
          .isEqualTo(new WaitingCalls.Decision.No(Optional.of("later")));
    }
  }

  @Test
  void aCallThatNoPersonDecidesEndsWithItsTime() throws Exception {
    try (WaitingCalls.Question question = calls.ask(call("ab12"))) {
      assertThat(question.await(Duration.ofMillis(1))).isEqualTo(new WaitingCalls.Decision.None());
    }
    assertThat(calls.decide("ab12", new WaitingCalls.Decision.Yes())).isFalse();
  }

  /// A killed server leaves its file; its process number may be another's by now.
  @Test
  void theCallOfAServerThatIsGoneIsRemoved() throws Exception {
    try (WaitingCalls.Question question = calls.ask(call("ab12"))) {
      Path file = home.resolve("waiting/" + question.id() + ".json");
      String text = Files.readString(file);
      String own = "\"process\":\"" + ProcessHandle.current().pid() + "@";
      assertThat(text).contains(own);
      Files.writeString(file, text.replace(own, own + "1999-"));

      assertThat(calls.waiting()).isEmpty();
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void aNameThatIsNoIdFindsNoFile() {
    assertThat(calls.find("../paused/ab12")).isEmpty();
  }
}
