package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.SearchPath;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.tools.ShellSettings;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.output.OutputWatcher;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RoleRuntimeTest {

  private static final Limits LIMITS = Limits.timeout(Duration.ofSeconds(30));

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

  // What a model sees of its tool.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo hi | rm foo",
        "a && b",
        "a || b",
        "a ; b",
        "a > f",
        "a < f",
        "cat << EOF",
        "sleep 10 &",
        "echo foo&&bar"
      })
  void shellOperatorsAreRefused(String command) {
    ToolResult result = shell(Roles.SHELL, command);
    assertThat(result.status()).isEqualTo(Status.REFUSED);
    assertThat(result.text()).startsWith("Error:").contains("shell operator");
  }

  @Test
  void whatAShellWouldExpandIsPassedOnLiterally() {
    assertThat(shell(Roles.SHELL, "echo 'foo&&bar'").text()).isEqualTo("STDOUT:\nfoo&&bar");
    assertThat(shell(Roles.SHELL, "echo $(whoami) `id` $HOME *").text())
        .isEqualTo("STDOUT:\n$(whoami) `id` $HOME *");
    assertThat(shell(Roles.SHELL, "echo $(rm -rf /)").text()).isEqualTo("STDOUT:\n$(rm -rf /)");
  }

  @Test
  void whatIsNoCommandIsRefused() {
    assertThat(shell(Roles.SHELL, "echo 'hello").text()).contains("invalid command syntax");
    assertThat(shell(Roles.SHELL, "").text()).contains("empty command");
    assertThat(shell(Roles.SHELL, ":() { :|:& };:").text()).contains("fork bomb");
  }

  @Test
  void theAllowListIsComparedWithTheBaseName() {
    ShellSettings onlyEnv =
        new ShellSettings(
            List.of("env"), List.of(), Optional.empty(), Duration.ofSeconds(30), 1000);
    assertThat(shell(onlyEnv, "/usr/bin/env printf x").text()).isEqualTo("STDOUT:\nx");
    assertThat(shell(onlyEnv, "printf x").text()).contains("not in the allowed list");
  }

  @Test
  void anExitStatusOutputErrorsAndTimeoutsAreTold() {
    assertThat(shell(Roles.SHELL, "false"))
        .isEqualTo(new ToolResult("c1", "Exit code: 1", Status.FAILED));
    assertThat(shell(Roles.SHELL, "ls /no/such/path").text()).contains("Exit code:", "STDERR:\n");
    ToolResult late = shell(Roles.shell(Duration.ofMillis(300), 1000), "sleep 60");
    assertThat(late.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(late.text()).startsWith("Error: Execution timed out after 0.3s. ");
    assertThat(shell(Roles.shell(Duration.ofSeconds(30), 20), "seq 1 1000").text())
        .startsWith("STDOUT:\n1\n2\n3")
        .endsWith("\n[truncated]");
    assertThat(shell(Roles.SHELL, "true").text()).isEqualTo("(no output)");
  }

  @Test
  void commandsStartInTheWorkingDirOrTheRolesDirectory() throws Exception {
    Files.createDirectory(directory.resolve("sub"));
    Path here = directory.toRealPath();
    assertThat(shell(Roles.SHELL, "pwd -P").text()).isEqualTo("STDOUT:\n" + here);
    assertThat(shell(Roles.shellIn("sub"), "pwd -P").text()).isEqualTo("STDOUT:\n" + here + "/sub");
    assertThat(shell(Roles.shellIn("/"), "pwd -P").text()).isEqualTo("STDOUT:\n/");
  }

  @Test
  void secretsOfOurOwnEnvironmentDoNotReachCommands() {
    Map<String, String> own = new HashMap<>(System.getenv());
    own.put("OPENAI_API_KEY", "sk-hunter2");
    own.put("PGPASSWORD", "hunter2");
    own.put("HARMLESS_VAR", "harmless");
    Role role = Roles.onThisMachine(directory, Roles.SHELL);
    try (RoleRuntime runtime =
        RoleRuntime.open(role, Sandbox.of(role, own), Optional.empty(), "run1")) {
      assertThat(runtime.call(call("env")).text())
          .contains("HARMLESS_VAR=harmless")
          .doesNotContain("hunter2")
          .doesNotContain("OPENAI_API_KEY", "PGPASSWORD");
    }
  }

  @Test
  void secretsOfACommandsOwnEnvironmentDoNotReachIt() {
    Command command =
        Command.of("env").withEnvironment(Map.of("MY_TOKEN", "hunter2", "SAFE_VAR", "ok"));
    Captured output = new Captured(100_000);
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      runtime.exec(command, LIMITS, output);
    }
    assertThat(output.stdoutText()).contains("SAFE_VAR=ok").doesNotContain("MY_TOKEN", "hunter2");
  }

  @Test
  void anUnknownProgramIsNotFound() {
    ToolResult result = shell(Roles.SHELL, "no-such-program-x");
    assertThat(result.status()).isEqualTo(Status.NOT_STARTED);
    assertThat(result.text()).startsWith("Error: command 'no-such-program-x' not found");
  }

  @Test
  void aBlockedProgramDoesNotRunBehindAnAssignment() throws Exception {
    Path file = Files.createFile(directory.resolve("precious"));
    for (String command :
        List.of("A=1 rm -f precious", "env rm -f precious", "eval 'rm -f precious'")) {
      assertThat(shell(Roles.SHELL, command).status()).isEqualTo(Status.REFUSED);
    }
    assertThat(file).exists();
  }

  @Test
  void knownShapesOfSecretsInTheOutputAreRedacted() {
    assertThat(shell(Roles.SHELL, "echo ghp_" + "a1b2c3d4e5".repeat(4)).text())
        .isEqualTo("STDOUT:\n[REDACTED]");
  }

  @Test
  void anUnknownToolOrArgumentIsAnsweredWithTheNearestName() {
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      assertThat(runtime.call(new ToolCall("c1", "run_shel", Map.of())))
          .isEqualTo(
              new ToolResult(
                  "c1",
                  "Error: there is no tool 'run_shel' (did you mean 'run_shell'?). The tools are:"
                      + " run_shell.",
                  Status.INVALID));
      assertThat(runtime.call(new ToolCall("c2", "run_shell", Map.of("cmd", "ls"))).text())
          .contains("'command' is missing", "'cmd' is not known");
    }
    assertThat(recorded.lines())
        .containsExactly(
            "sandbox.exec backend=none argv0= rc=126 duration_ms=N ended=refused"
                + " reason=unknown_tool run=run1 call=ID",
            "sandbox.exec backend=none argv0= rc=126 duration_ms=N ended=refused"
                + " reason=bad_arguments tool=shell run=run1 call=ID");
  }

  // What is recorded of it.

  @Test
  void aCallIsRecordedBeforeAndAfter() {
    shell(Roles.SHELL, "sh -c 'printf 12345; printf 123 >&2; exit 3'");
    assertThat(recorded.lines())
        .containsExactly(
            "sandbox.start backend=none argv0=sh tool=shell run=run1 call=ID",
            "sandbox.exec backend=none argv0=sh rc=3 duration_ms=N ended=exited tool=shell run=run1"
                + " call=ID stdout_bytes=5 stderr_bytes=3");
    assertThat(recorded.rows()).allMatch(row -> row.agentName().equals("build-agent"));
    List<String> ids =
        recorded.rows().stream()
            .map(row -> row.details().replaceAll(".*call=([0-9a-f]{16}).*", "$1"))
            .toList();
    assertThat(ids.getFirst()).hasSize(16).isEqualTo(ids.getLast());
  }

  @Test
  void aTimeoutIsRecordedWithItsProof() {
    Ended ended;
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      Limits limits = Limits.timeout(Duration.ofMillis(300));
      ended = runtime.exec(Command.of("sleep", "60"), limits, new Captured(100)).ended();
    }
    assertThat(ended).isInstanceOf(Ended.TimedOut.class);
    Stop stop = ((Ended.TimedOut) ended).stop();
    assertThat(recorded.lines().getLast())
        .isEqualTo(
            "sandbox.exec backend=none argv0=sleep rc=124 duration_ms=N ended=timed_out stop="
                + stop.name().toLowerCase(Locale.ROOT)
                + " run=run1 call=ID stdout_bytes=0 stderr_bytes=0");
  }

  @Test
  void aRefusedCallIsRecordedOnce() {
    shell(Roles.SHELL, "TOKEN=hunter2 rm x");
    shell(Roles.SHELL, "/bin/rm -f hunter2");
    assertThat(recorded.lines())
        .containsExactly(
            "sandbox.exec backend=none argv0=TOKEN\\x3D rc=126 duration_ms=N ended=refused"
                + " reason=policy tool=shell run=run1 call=ID",
            "sandbox.exec backend=none argv0=/bin/rm rc=126 duration_ms=N ended=refused"
                + " reason=policy tool=shell run=run1 call=ID");
  }

  @Test
  void aCommandThatCannotStartIsRecorded() {
    shell(Roles.SHELL, "no-such-program-x");
    assertThat(recorded.lines())
        .containsExactly(
            "sandbox.start backend=none argv0=no-such-program-x tool=shell run=run1 call=ID",
            "sandbox.exec backend=none argv0=no-such-program-x rc=125 duration_ms=N"
                + " ended=not_started reason=command_not_found tool=shell run=run1 call=ID");
  }

  @Test
  void aPersonsOwnCommandIsRecordedWithoutATool() {
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      Outcome outcome = runtime.exec(Command.of("rm", "--version"), LIMITS, new Captured(10_000));
      assertThat(outcome.ended()).isEqualTo(new Ended.Exited(0));
      assertThatThrownBy(
              () -> runtime.exec(Command.of("no-such-program-x"), LIMITS, new Captured(100)))
          .isInstanceOf(TransportException.class);
    }
    assertThat(recorded.lines().getFirst())
        .isEqualTo("sandbox.start backend=none argv0=rm run=run1 call=ID");
    assertThat(recorded.lines().getLast()).contains("ended=not_started");
  }

  @Test
  void argumentsEnvironmentAndOutputAreNotRecorded() {
    Command command =
        new Command(
            List.of("sh", "-c", "cat; echo $SAFE_VAR hunter-1"),
            Map.of("SAFE_VAR", "hunter-2"),
            Optional.empty(),
            Stdin.text("hunter-3"));
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      runtime.exec(command, LIMITS, new Captured(1000));
    }
    assertThat(recorded.rows().toString()).contains("argv0=sh").doesNotContain("hunter");
  }

  @Test
  void aCallWhoseStartCannotBeRecordedIsNotMade() {
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      recorded.close();
      ToolResult result = runtime.call(call("touch made"));
      assertThat(result.status()).isEqualTo(Status.NOT_STARTED);
      assertThat(result.text()).startsWith("Error: ").contains("Nothing was started.");
    }
    assertThat(directory.resolve("made")).doesNotExist();
  }

  @Test
  void aCallIsMadeWithoutARecordWhereNoneIsKept() {
    try (RoleRuntime runtime =
        RoleRuntime.open(Roles.onThisMachine(directory, Roles.SHELL), Optional.empty(), "run1")) {
      assertThat(runtime.call(call("echo x")).status()).isEqualTo(Status.SUCCEEDED);
    }
    assertThat(recorded.rows()).isEmpty();
  }

  @Test
  void aCallWhoseOutputNobodyTakesIsStoppedAndRecorded() {
    Sink broken =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            throw new UncheckedIOException(new IOException("broken pipe"));
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      assertThatThrownBy(() -> runtime.exec(Command.of("yes"), LIMITS, broken))
          .isInstanceOf(UncheckedIOException.class);
    }
    assertThat(recorded.lines().getLast())
        .contains("argv0=yes rc=130", "ended=cancelled stop=unknown reason=output_failed");
  }

  @Test
  void anInterruptedCallIsStoppedAndRecorded() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      Sink sink =
          new Sink() {
            @Override
            public void stdout(ByteBuffer bytes) {
              begun.countDown();
            }

            @Override
            public void stderr(ByteBuffer bytes) {}
          };
      FutureTask<Boolean> cancelled =
          new FutureTask<>(() -> {
            Command command = Command.of("sh", "-c", "echo x; sleep 60");
            Ended ended = runtime.exec(command, LIMITS, sink).ended();
            return ended instanceof Ended.Cancelled && Thread.currentThread().isInterrupted();
          });
      Thread caller = Thread.ofVirtual().start(cancelled);
      begun.await();
      caller.interrupt();
      assertThat(cancelled.get()).isTrue();
    }
    assertThat(recorded.lines().getLast()).contains("rc=130 duration_ms=N ended=cancelled stop=");
  }

  // How it is put together.

  @Test
  void aCallInASandboxThatIsNotThereIsAnsweredAndRecordedAsNotStarted() throws IOException {
    Path project = Files.createTempDirectory("project");
    Role role = Roles.role(project, Backend.BWRAP, Optional.empty(), Roles.SHELL);
    Sandbox nowhere = Sandbox.of(role, Map.of("PATH", "/no/such"));
    try (RoleRuntime runtime =
        RoleRuntime.open(role, nowhere, Optional.of(recorded.store()), "run1")) {
      ToolResult result = runtime.call(call("true"));
      assertThat(result.status()).isEqualTo(Status.NOT_STARTED);
      assertThat(result.text())
          .startsWith("Error: Sandbox backend 'bwrap' unavailable: bwrap is not on PATH there.")
          .contains("Nothing was started. Install it: apt install bubblewrap");
    }
    assertThat(recorded.lines().getLast())
        .isEqualTo(
            "sandbox.exec backend=bwrap argv0=true rc=125 duration_ms=N ended=not_started"
                + " reason=sandbox_unavailable tool=shell run=run1 call=ID");
  }

  @Test
  void programsThatASandboxDoesNotShowAreToldOf() throws IOException {
    Path programs = Files.createTempDirectory("programs");
    for (String program : List.of("bwrap", "sh", "pwd", "prlimit", "cat", "mkdir", "rmdir")) {
      Files.createSymbolicLink(
          programs.resolve(program), SearchPath.find(program).orElseThrow().toRealPath());
    }
    Role role = Roles.role(directory, Backend.BWRAP, Optional.empty(), Roles.SHELL);
    Sandbox narrow = Sandbox.of(role, Map.of("PATH", programs.toString()));
    try (RoleRuntime runtime = RoleRuntime.open(role, narrow, Optional.empty(), "run1")) {
      assertThat(runtime.call(call("true")).text())
          .contains("it starts, but the programs of PATH are not visible in it: ")
          .contains("allowed_read_paths")
          .doesNotContain("@initrunner");
    }
  }

  @Test
  void everyLineIsWatchedTheLastOneWithoutItsEndToo() {
    List<String> lines = new ArrayList<>();
    try (RoleRuntime runtime = open(Roles.SHELL)) {
      OutputWatcher watcher = (_, more) -> more.forEach(line -> lines.add(line.text()));
      runtime.forRun("run1", watcher).call(call("printf 'one\\ntwo'"));
    }
    assertThat(lines).containsExactly("one", "two");
  }

  @Test
  void whatDidNotEndByItselfIsCleanedUpOnce() {
    try (RoleRuntime runtime = withCleanup()) {
      runtime.call(call("echo x"));
      assertThat(directory.resolve("cleaned")).doesNotExist();
      runtime.call(call("no-such-program-x"));
      assertThat(directory.resolve("cleaned")).doesNotExist();
      runtime.exec(
          Command.of("sleep", "60"), Limits.timeout(Duration.ofMillis(200)), new Captured(100));
      assertThat(directory.resolve("cleaned")).isDirectory();
    }
    assertThat(recorded.lines()).filteredOn(line -> line.contains("mkdir")).isEmpty();
  }

  @Test
  void whatWasCancelledIsCleanedUpToo() throws Exception {
    try (RoleRuntime runtime = withCleanup()) {
      // The sandbox is ready then: an interrupt before that starts nothing.
      runtime.exec(Command.of("true"), LIMITS, new Captured(100));
      FutureTask<Boolean> interrupted =
          new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            runtime.exec(Command.of("sleep", "60"), LIMITS, new Captured(100));
            return Thread.currentThread().isInterrupted();
          });
      Thread.ofVirtual().start(interrupted);
      assertThat(interrupted.get()).isTrue();
    }
    assertThat(directory.resolve("cleaned")).isDirectory();
  }

  private RoleRuntime withCleanup() {
    Launcher launcher =
        new Launcher() {
          @Override
          public Launch launch(Command command, String callId) {
            return new Launch(
                command,
                Optional.of(Command.of("mkdir", directory + "/cleaned")),
                Optional.empty());
          }

          @Override
          public String name() {
            return "test";
          }
        };
    Role role = Roles.onThisMachine(directory, Roles.SHELL);
    Sandbox sandbox =
        new Sandbox(
            new SandboxHost("none", Optional.empty(), Optional.of(directory.toString())),
            new LocalTransport(System.getenv()),
            launcher);
    return RoleRuntime.open(role, sandbox, Optional.of(recorded.store()), "run1");
  }

  private ToolResult shell(ShellSettings settings, String command) {
    try (RoleRuntime runtime = open(settings)) {
      return runtime.call(call(command));
    }
  }

  private RoleRuntime open(ShellSettings settings) {
    return RoleRuntime.open(
        Roles.onThisMachine(directory, settings), Optional.of(recorded.store()), "run1");
  }

  private static ToolCall call(String command) {
    return new ToolCall("c1", "run_shell", Map.of("command", command));
  }
}
