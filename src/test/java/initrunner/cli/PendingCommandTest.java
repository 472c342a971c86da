package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.run.WaitingCall;
import initrunner.run.WaitingCalls;
import initrunner.runtime.RoleHost;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `pending` and `approve` on calls of other agents; on runs: ApprovalsTest.
class PendingCommandTest {

  @TempDir private Path home;

  private CapturedConsole run(String... args) {
    CapturedConsole console = CapturedConsole.of(Map.of("INITRUNNER_HOME", home.toString()));
    assertThat(console.run(args)).as(() -> console.stderr()).isZero();
    return console;
  }

  @Test
  void aWaitingCallIsShownWithItsPlaceAndOnceWithItsId() throws Exception {
    RoleHost place =
        RoleHost.ofFields(
            Map.of("backend", "ssh", "host", "box", "directory", "/srv", "launcher", "none"));
    WaitingCall call =
        new WaitingCall(
            "ab12",
            Instant.parse("2026-01-01T00:00:00Z"),
            place,
            "agent/1",
            "run_shell",
            "{\"command\":\"rm -rf build\"}");
    WaitingCalls calls = WaitingCalls.of(Map.of("INITRUNNER_HOME", home.toString()));
    try (WaitingCalls.Question question = calls.ask(call)) {
      assertThat(run("pending").stdout())
          .isEqualTo(
              """
              ab12  2026-01-01T00:00:00Z  agent/1
                on box (backend ssh, launcher none), in /srv
                run_shell {"command":"rm -rf build"}
              """);
      JsonNode listed =
          new ObjectMapper().readTree(run("pending", "--json").stdout()).get(0).get("place");
      assertThat(listed.get("directory").asText()).isEqualTo("/srv");

      assertThat(run("approve", question.id()).stderr())
          .isEqualTo(
              """
              On box (backend ssh, launcher none), in /srv:
                yes  run_shell {"command":"rm -rf build"}
              """);
    }
  }
}
