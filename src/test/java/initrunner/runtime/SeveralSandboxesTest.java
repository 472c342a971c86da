package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// One role with sandboxes on two real sshd, on this machine, and on a host that is down.
@Timeout(90)
class SeveralSandboxesTest {

  @RegisterExtension static final SshdExtension build = new SshdExtension();
  @RegisterExtension static final SshdExtension gpu = new SshdExtension();

  @TempDir private Path directory;
  private Optional<Recorded> recorded = Optional.empty();
  private Optional<RoleRuntime> opened = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    recorded = Optional.of(new Recorded(directory));
    opened = Optional.of(RoleRuntime.open(role("build"), recorded.map(Recorded::store), "run1"));
  }

  @AfterEach
  void close() {
    opened.ifPresent(RoleRuntime::close);
    recorded.ifPresent(Recorded::close);
  }

  private Role role(String byDefault) throws IOException {
    Path file = directory.resolve("role.yaml");
    Files.writeString(
        file,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: two}
        spec:
          role: You build on one host, and run on another.
          tools:
            - type: shell
              sandboxes: [build, gpu, here, down]
            - type: filesystem
              sandbox: gpu
              approval: required
            - type: git
            - type: datetime
          security:
            sandboxes:
              default: %s
              build: {backend: ssh, ssh: {host: %s, config_file: %s}}
              gpu: {backend: ssh, ssh: {host: %s, config_file: %s, remote_cwd: %s}}
              here: {backend: none}
              down: {backend: ssh, ssh: {host: 127.0.0.9, connect_timeout: 2}}
        """
            .formatted(
                byDefault,
                SshdExtension.HOST,
                build.configFile(),
                SshdExtension.HOST,
                gpu.configFile(),
                directory));
    return RoleLoader.load(file, Map.of());
  }

  /// The role with other entries of the tool shell.
  ///
  /// @param entry what stands in place of its sandboxes
  private Role withShell(String entry) throws IOException {
    Path file = directory.resolve("role.yaml");
    Files.writeString(
        file, Files.readString(file).replace("      sandboxes: [build, gpu, here, down]\n", entry));
    return RoleLoader.load(file, Map.of());
  }

  private ToolResult call(String function, Map<String, Object> arguments) {
    return opened.orElseThrow().call(new ToolCall("c1", function, arguments));
  }

  @Test
  void aCallGoesWhereItSaysAndItsAnswerAndRecordSayWhereThatWas() {
    assertThat(call("run_shell", Map.of("command", "echo one")).text())
        .startsWith("On build (my-build-box):\n");
    assertThat(call("run_shell", Map.of("command", "pwd", "sandbox", "gpu")).text())
        .startsWith("On gpu (my-build-box):\n")
        .contains(directory.toString());
    assertThat(call("run_shell", Map.of("command", "echo three", "sandbox", "here")).text())
        .startsWith("On here (this machine):\n");

    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.startsWith("sandbox.exec"))
        .satisfiesExactly(
            one -> assertThat(one).contains("host=my-build-box sandbox=build argv0=echo"),
            two -> assertThat(two).contains("host=my-build-box sandbox=gpu argv0=pwd"),
            three -> assertThat(three).contains("backend=none sandbox=here argv0=echo"));
  }

  @Test
  void eachToolIsThereOnceAndThatOfSeveralSandboxesNamesThem() {
    List<Tool> tools = opened.orElseThrow().tools();
    assertThat(tools).extracting(Tool::name).doesNotHaveDuplicates().contains("git_status");
    Tool.Parameter sandbox =
        tools.stream()
            .filter(tool -> tool.name().equals("run_shell"))
            .findFirst()
            .orElseThrow()
            .parameters()
            .getLast();
    assertThat(sandbox.allowed()).containsExactly("build", "gpu", "here", "down");
    assertThat(sandbox.required()).isFalse();
    assertThat(tools)
        .filteredOn(tool -> tool.type().equals("git") || tool.type().equals("filesystem"))
        .allSatisfy(tool ->
            assertThat(tool.parameters())
                .extracting(Tool.Parameter::name)
                .doesNotContain("sandbox"));
  }

  @Test
  void theWarningOfNoIsolationNamesTheSandboxesWithToolsAndIsNotThereWithoutThese()
      throws IOException {
    assertThat(warned(role("build")))
        .singleElement()
        .asString()
        .contains("The tools of two in here run on this machine, without isolation");
    Path file = directory.resolve("role.yaml");
    Files.writeString(file, Files.readString(file).replace("gpu, here, down", "gpu, down"));
    assertThat(warned(RoleLoader.load(file, Map.of()))).isEmpty();
  }

  private static List<String> warned(Role role) {
    List<String> lines = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger(RoleRuntime.class.getName());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(new SimpleFormatter().formatMessage(line));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try (RoleRuntime _ = RoleRuntime.open(role, Optional.empty(), "run2")) {
      return lines.stream().filter(line -> line.contains("without isolation")).toList();
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void aToolThatNeedsNoHostIsInNoSandbox() {
    assertThat(call("current_time", Map.of()).text()).doesNotContain("On build");
    assertThat(recorded.orElseThrow().lines())
        .singleElement()
        .asString()
        .contains("backend=none argv0=current_time")
        .doesNotContain("sandbox=");
  }

  @Test
  void aNameThatThereIsNotRunsNothing() {
    assertThat(call("run_shell", Map.of("command", "touch x", "sandbox", "gpuu")).text())
        .contains("did you mean 'gpu'?", "Nothing was run");
    // A letter that looks like g.
    assertThat(call("run_shell", Map.of("command", "touch x", "sandbox", "ɡpu")).text())
        .contains("there is no sandbox of that name", "Nothing was run");
    assertThat(call("list_directory", Map.of("path", ".", "sandbox", "build")).text())
        .contains("list_directory is not in 'build'; it is in gpu");
    assertThat(recorded.orElseThrow().lines())
        .hasSize(3)
        .allSatisfy(line ->
            assertThat(line)
                .contains("backend=none argv0=", "reason=unknown_sandbox")
                .doesNotContain(" sandbox="));
  }

  @Test
  void theAnswerToAToolThatThereIsNotNamesThoseOfAllSandboxes() {
    assertThat(call("read_fil", Map.of("path", "x")))
        .satisfies(result -> {
          assertThat(result.status()).isEqualTo(ToolResult.Status.INVALID);
          assertThat(result.text())
              .startsWith("Error: there is no tool 'read_fil' (did you mean 'read_file'?)")
              .contains("git_status", "list_directory", "run_on");
        });
    assertThat(recorded.orElseThrow().lines())
        .singleElement()
        .asString()
        .contains("reason=unknown_tool");
  }

  @Test
  void oneThatIsDownIsAnAnswerAndTheOthersGoOn() {
    assertThat(call("run_shell", Map.of("command", "true", "sandbox", "down")))
        .satisfies(result -> {
          assertThat(result.status()).isEqualTo(ToolResult.Status.NOT_STARTED);
          assertThat(result.text()).contains("down (127.0.0.9)", "Nothing was started");
        });
    assertThat(call("run_shell", Map.of("command", "echo up")).text()).contains("up");
  }

  @Test
  void aRunBeginsWhereTheDefaultIsDown() throws IOException {
    try (RoleRuntime runtime = RoleRuntime.open(role("down"), Optional.empty(), "run2")) {
      runtime.preflight();
      assertThat(
              runtime
                  .call(
                      new ToolCall(
                          "c", "run_shell", Map.of("command", "echo up", "sandbox", "build")))
                  .text())
          .contains("up");
    }
  }

  @Test
  void oneCommandRunsInSeveralAndEqualAnswersAreShownOnce() {
    assertThat(call("run_on", Map.of("sandboxes", "build gpu here", "command", "echo same")).text())
        .isEqualTo(
            "== 3 hosts: build (my-build-box),gpu (my-build-box),here (this machine)\n" + "same");
    assertThat(
            call("run_on", Map.of("sandboxes", "build here", "command", "printenv SSH_CONNECTION"))
                .text())
        .contains("== 1 of 2 hosts: build (my-build-box)\n127.0.0.1 ")
        .doesNotContain("STDOUT", "no line end");

    assertThat(
            call("run_on", Map.of("sandboxes", List.of("build", "gpu"), "command", "echo same"))
                .text())
        .startsWith("== 2 hosts: build (my-build-box),gpu (my-build-box)\n");
    ToolResult all = call("run_on", Map.of("sandboxes", "all", "command", "pwd"));
    // Elsewhere it ran.
    assertThat(all.status()).isEqualTo(ToolResult.Status.FAILED);
    assertThat(all.text())
        .contains("== 1 host, not started: down (127.0.0.9)\n   Error: ", directory.toString());
    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.startsWith("sandbox.exec"))
        .hasSize(11)
        .allSatisfy(line -> assertThat(line).contains("sandbox="));
  }

  @Test
  void whoWatchesKnowsTheCallWhoseOutputComesAndOfSeveralSandboxesWhichOne() {
    List<ToolCall> watched = new CopyOnWriteArrayList<>();
    List<String> seen = new CopyOnWriteArrayList<>();
    RoleRuntime runtime =
        opened
            .orElseThrow()
            .forRun(
                "run2",
                (call, lines) -> {
                  watched.add(call);
                  lines.forEach(line -> seen.add(line.text()));
                });
    ToolCall inOne =
        new ToolCall("c1", "run_shell", Map.of("command", "echo seen", "sandbox", "gpu"));
    ToolCall inTwo =
        new ToolCall("c2", "run_on", Map.of("command", "echo seen", "sandboxes", "build gpu"));

    runtime.call(inOne);
    runtime.call(inTwo);

    assertThat(watched).containsExactly(inOne, inTwo, inTwo);
    assertThat(seen).containsExactlyInAnyOrder("seen", "build  seen", "gpu  seen");
  }

  @Test
  void aCallForSeveralWithAWrongNameRunsNothing() {
    assertThat(call("run_on", Map.of("sandboxes", "build, gqu", "command", "echo")).text())
        .contains("did you mean 'gpu'?", "Nothing was run");
    assertThat(call("run_on", Map.of("sandboxes", "", "command", "echo")).text())
        .contains("'sandboxes' is missing; they are build, gpu, here, down");
    ToolResult blocked =
        call("run_on", Map.of("sandboxes", "build gpu", "command", "mkfs --version"));
    assertThat(blocked.status()).isEqualTo(ToolResult.Status.REFUSED);
    assertThat(blocked.text())
        .contains("not started: build (my-build-box),gpu (my-build-box)", "'mkfs' is blocked");
  }

  @Test
  void thePersonIsAskedAboutTheSandboxOfTheCall() {
    ToolCall call = new ToolCall("c", "list_directory", Map.of("path", "."));
    assertThat(opened.orElseThrow().needsApproval(call)).isTrue();
    assertThat(opened.orElseThrow().placeOf(call)).isEqualTo("gpu (my-build-box)");
    assertThat(
            opened
                .orElseThrow()
                .placeOf(
                    new ToolCall("c", "run_shell", Map.of("command", "id", "sandbox", "none"))))
        .isEqualTo(
            "build (my-build-box), gpu (my-build-box), here (this machine), down (127.0.0.9)");
    assertThat(opened.orElseThrow().call(call).text()).contains("needs a person's approval");
  }

  @Test
  void theModelIsToldOfAllBeforeAnyIsConnected() {
    assertThat(opened.orElseThrow().facts().orElseThrow())
        .contains("The default is build", "- gpu (my-build-box), in " + directory, "run_shell");
    assertThat(recorded.orElseThrow().lines()).isEmpty();
  }

  @Test
  void aToolMayHaveOtherRulesInEachSandbox() throws IOException {
    Role role =
        withShell(
            "      sandbox: build\n"
                + "    - {type: shell, sandboxes: [gpu, here], approval: required,"
                + " allowed_commands: [pwd]}\n");
    try (RoleRuntime runtime = RoleRuntime.open(role, Optional.empty(), "run2")) {
      ToolCall inBuild = new ToolCall("c", "run_shell", Map.of("command", "echo a"));
      ToolCall inGpu = new ToolCall("c", "run_shell", Map.of("command", "pwd", "sandbox", "gpu"));
      assertThat(runtime.needsApproval(inBuild)).isFalse();
      assertThat(runtime.needsApproval(inGpu)).isTrue();
      assertThat(runtime.call(inBuild).text()).contains("a");
      assertThat(
              runtime
                  .call(
                      new ToolCall(
                          "c", "run_shell", Map.of("command", "echo a", "sandbox", "here")))
                  .text())
          .contains("'echo' is not");
    }
  }

  @Test
  void aCallForSeveralNeedsAnAnswerOnlyInTheSandboxesThatAreAskedAbout() throws IOException {
    Role role =
        withShell(
            "      sandboxes: [build, here]\n"
                + "    - {type: shell, sandbox: gpu, approval: required}\n");
    ToolCall call =
        new ToolCall("c", "run_on", Map.of("sandboxes", "build gpu here", "command", "echo ran"));
    PersonsDecision decision = PersonsDecision.now("terminal");
    try (RoleRuntime runtime = RoleRuntime.open(role, recorded.map(Recorded::store), "run2")) {
      assertThat(runtime.needsApproval(call)).isTrue();
      assertThat(runtime.askedPlaceOf(call))
          .isEqualTo(
              "gpu (my-build-box); without a question on build (my-build-box), here (this"
                  + " machine)");

      ToolResult denied = runtime.deny(call, decision);
      assertThat(denied.status()).isEqualTo(ToolResult.Status.FAILED);
      assertThat(denied.text())
          .contains("build (my-build-box),here (this machine)\n", "ran")
          .contains("1 host, not started: gpu (my-build-box)", "said no");
      runtime.callApproved(call, decision);
    }
    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.startsWith("sandbox.exec"))
        .hasSize(6)
        .allSatisfy(
            line -> assertThat(line.contains("terminal")).isEqualTo(line.contains("sandbox=gpu")));
  }

  /// While the call waited, the role may have moved the question from one sandbox to another.
  @Test
  void aNoToACallThatWaitedDeniesItInEachOfItsSandboxes() throws IOException {
    Role role =
        withShell(
            "      sandbox: build\n" + "    - {type: shell, sandbox: here, approval: required}\n");
    ToolCall call =
        new ToolCall("c", "run_on", Map.of("sandboxes", "build here", "command", "echo ran"));
    try (RoleRuntime runtime = RoleRuntime.open(role, Optional.empty(), "run2")) {
      assertThat(runtime.deny(call, PersonsDecision.now("terminal")).text()).contains("ran");
      assertThat(runtime.deny(call, PersonsDecision.now("approve")).text())
          .contains("said no")
          .doesNotContain("\nran");
    }
  }
}
