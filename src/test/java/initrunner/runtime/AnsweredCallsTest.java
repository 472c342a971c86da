package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditQuery;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tools without a command are approved, denied and recorded as others are. Their host does not
/// exist.
class AnsweredCallsTest {

  @TempDir private Path directory;

  @Test
  void aCallIsAnsweredWithoutAHostAndRecorded() throws IOException {
    List<AuditQuery.Event> rows =
        calls(
            "[{type: datetime, default_timezone: Europe/Paris}, {type: think, critique: true}]",
            runtime -> {
              assertThat(runtime.tools())
                  .extracting(Tool::name)
                  .containsExactly("current_time", "parse_date", "think");
              assertThat(runtime.facts()).isEmpty();
              ToolResult date =
                  runtime.call(new ToolCall("1", "parse_date", Map.of("text", "2024-01-15")));
              assertThat(date.text()).isEqualTo("2024-01-15T00:00:00");
              assertThat(date.status()).isEqualTo(ToolResult.Status.SUCCEEDED);
              assertThat(runtime.call(new ToolCall("2", "think", Map.of("thought", "Hm."))).text())
                  .startsWith("Noted.");
              assertThat(
                      runtime.call(new ToolCall("3", "parse_date", Map.of("text", "x"))).status())
                  .isEqualTo(ToolResult.Status.FAILED);
            });

    assertThat(rows)
        .extracting(AuditQuery.Event::eventType)
        .containsExactly("sandbox.exec", "sandbox.exec", "sandbox.exec");
    assertThat(rows.get(2).details())
        .startsWith("backend=none argv0=parse_date rc=0 ")
        .contains(" ended=answered tool=datetime ")
        .doesNotContain("host=");
    assertThat(rows.get(1).details()).contains("argv0=think", "tool=think");
    assertThat(rows.get(0).details()).contains("rc=1", "ended=answered");
  }

  @Test
  void aRuleDeniesACallAndAPersonIsAskedAsForOthers() throws IOException {
    List<AuditQuery.Event> rows =
        calls(
            "[{type: datetime, permissions: {deny: ['timezone=US/*'], default: allow}},"
                + " {type: think, approval: required}]",
            runtime -> {
              assertThat(
                      runtime
                          .call(new ToolCall("1", "current_time", Map.of("timezone", "US/Eastern")))
                          .text())
                  .isEqualTo("Permission denied: current_time -- blocked by rule: timezone=US/*");
              ToolCall thought = new ToolCall("2", "think", Map.of("thought", "Hm."));
              assertThat(runtime.needsApproval(thought)).isTrue();
              assertThat(runtime.call(thought).status()).isEqualTo(ToolResult.Status.REFUSED);
              assertThat(runtime.deny(thought, PersonsDecision.now("terminal")).text())
                  .contains("said no");
              assertThat(runtime.callApproved(thought, PersonsDecision.now("terminal")).text())
                  .isEqualTo("Noted. Go on.");
            });

    assertThat(rows)
        .extracting(AuditQuery.Event::details)
        .satisfiesExactly(
            last -> assertThat(last).contains("argv0=think", "ended=answered"),
            denied -> assertThat(denied).contains("ended=refused reason=denied"),
            unasked -> assertThat(unasked).contains("ended=refused reason=no_approval"),
            rule -> assertThat(rule).contains("ended=refused reason=permission"));
  }

  private interface Calls {
    void make(RoleRuntime runtime);
  }

  private List<AuditQuery.Event> calls(String tools, Calls calls) throws IOException {
    Path database = directory.resolve("audit.db");
    Role role =
        RoleLoader.load(
            Files.writeString(
                directory.resolve("role.yaml"),
                "{name: a, prompt: b, tools: "
                    + tools
                    + ", security: {sandbox: {backend: ssh, ssh: {host: nowhere.invalid}}}}"));
    try (AuditStore store = AuditStore.open(database, ChainKey.beside(database));
        RoleRuntime runtime = RoleRuntime.open(role, Optional.of(store), "0123456789ab")) {
      calls.make(runtime);
    }
    return new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 100).run(database);
  }
}
