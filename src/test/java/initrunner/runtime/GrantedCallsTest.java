package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Execution;
import initrunner.role.Role;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls that a role permits, and calls that need a person's approval.
class GrantedCallsTest {

  private static final Permissions NO_TOUCH =
      new Permissions(
          Permissions.Default.ALLOW,
          List.of(),
          List.of(new Permissions.Rule(Optional.of("command"), "touch *")));

  @TempDir Path directory;
  private Recorded recorded;

  @BeforeEach
  void record() {
    recorded = new Recorded(directory);
  }

  @AfterEach
  void close() {
    recorded.close();
  }

  @Test
  void aCallThatARuleDeniesIsAnAnswerAndARecordAndNothingElse() {
    ToolResult result = with(Approval.AUTO, NO_TOUCH, runtime -> runtime.call(shell("touch made")));

    assertThat(result.status()).isEqualTo(Status.REFUSED);
    assertThat(result.text())
        .isEqualTo("Permission denied: run_shell -- blocked by rule: command=touch *");
    assertThat(Files.exists(directory.resolve("made"))).isFalse();
    assertThat(recorded.lines())
        .containsExactly(
            "sandbox.exec backend=none argv0=touch rc=126 duration_ms=N ended=refused"
                + " reason=permission tool=shell run=aaaaaaaaaaaa call=ID");
  }

  @Test
  void whereCallsAreDeniedByDefaultOneThatNoRuleAllowsIsRefused() {
    Permissions nothing = new Permissions(Permissions.Default.DENY, List.of(), List.of());
    ToolResult result = with(Approval.AUTO, nothing, runtime -> runtime.call(shell("touch made")));
    assertThat(result.status()).isEqualTo(Status.REFUSED);
    assertThat(result.text()).startsWith("Permission denied: run_shell");
    assertThat(Files.exists(directory.resolve("made"))).isFalse();
  }

  @Test
  void aPersonIsAskedOnlyAboutWhatWouldRun() {
    assertThat(asks(Approval.REQUIRED, "true")).isTrue();
    assertThat(asks(Approval.REQUIRED, "touch made")).as("denied by a rule").isFalse();
    assertThat(asks(Approval.REQUIRED, "rm -rf /")).as("blocked by the tool").isFalse();
    assertThat(asks(Approval.AUTO, "true")).isFalse();
  }

  @Test
  void aCallThatNeedsAYesIsNotMadeWithoutOne() {
    ToolResult unasked =
        with(
            Approval.REQUIRED, Permissions.ALLOW_ALL, runtime -> runtime.call(shell("touch made")));

    assertThat(unasked.status()).isEqualTo(Status.REFUSED);
    assertThat(Files.exists(directory.resolve("made"))).isFalse();
    assertThat(recorded.lines()).singleElement().asString().contains("reason=no_approval");
  }

  @Test
  void aYesMakesTheCallAndANoIsAnsweredAndRecorded() {
    ToolResult yes =
        with(
            Approval.REQUIRED,
            Permissions.ALLOW_ALL,
            runtime -> runtime.callApproved(shell("touch made"), PersonsDecision.now("terminal")));
    ToolResult no =
        with(
            Approval.REQUIRED,
            Permissions.ALLOW_ALL,
            runtime -> runtime.deny(shell("touch other"), PersonsDecision.now("terminal")));

    assertThat(yes.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(Files.exists(directory.resolve("made"))).isTrue();
    assertThat(no.status()).isEqualTo(Status.DENIED);
    assertThat(no.text()).contains("a person was asked and said no");
    assertThat(Files.exists(directory.resolve("other"))).isFalse();
    assertThat(recorded.lines().getLast())
        .contains("argv0=touch", "ended=refused reason=denied tool=shell");
  }

  @Test
  void aYesDoesNotOverruleAPermissionOrTheToolsPolicy() {
    assertThat(
            with(
                    Approval.REQUIRED,
                    NO_TOUCH,
                    runtime ->
                        runtime.callApproved(shell("touch made"), PersonsDecision.now("terminal")))
                .status())
        .isEqualTo(Status.REFUSED);
    assertThat(
            with(
                    Approval.REQUIRED,
                    NO_TOUCH,
                    runtime ->
                        runtime.callApproved(shell("rm made"), PersonsDecision.now("terminal")))
                .status())
        .isEqualTo(Status.REFUSED);
  }

  @Test
  void theRolesLimitForAllToolsCountsWhereItIsShorterThanTheToolsOwn() {
    Role role = role(Approval.AUTO, Permissions.ALLOW_ALL);
    Role bounded =
        new Role(
            role.file(),
            role.metadata(),
            role.prompt(),
            role.model(),
            role.tools(),
            role.security(),
            role.guardrails(),
            new Execution(
                Optional.of(Duration.ofMillis(200)),
                Optional.empty(),
                Optional.empty(),
                3,
                Duration.ofSeconds(60)));
    try (RoleRuntime runtime =
        RoleRuntime.open(bounded, Optional.of(recorded.store()), "aaaaaaaaaaaa")) {
      ToolResult result = runtime.call(shell("sleep 1000"));

      assertThat(result.status()).isEqualTo(Status.TIMED_OUT);
      assertThat(result.text()).contains("timed out after 0.2s");
    }
  }

  private boolean asks(Approval approval, String command) {
    return with(approval, NO_TOUCH, runtime -> runtime.needsApproval(shell(command)));
  }

  private <T> T with(Approval approval, Permissions permissions, Function<RoleRuntime, T> what) {
    try (RoleRuntime runtime =
        RoleRuntime.open(
            role(approval, permissions), Optional.of(recorded.store()), "aaaaaaaaaaaa")) {
      return what.apply(runtime);
    }
  }

  private Role role(Approval approval, Permissions permissions) {
    Role role = Roles.onThisMachine(directory, Roles.SHELL);
    return new Role(
        role.file(),
        role.metadata(),
        role.prompt(),
        role.model(),
        List.of(new ToolGrant(Roles.SHELL, approval, permissions)),
        role.security(),
        role.guardrails(),
        role.execution());
  }

  private static ToolCall shell(String command) {
    return new ToolCall("1", "run_shell", Map.of("command", command));
  }
}
