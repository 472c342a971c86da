package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ScriptSettings.Script;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class ScriptToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static Optional<ToolSide> opened = Optional.empty();

  @Parameter ToolSide.Where where = ToolSide.Where.THIS_MACHINE;
  @TempDir Path directory;

  @BeforeEach
  void connect() {
    if (opened.isEmpty()) {
      opened = Optional.of(ToolSide.open(where, sshd));
    }
  }

  @AfterAll
  static void disconnect() {
    opened.ifPresent(ToolSide::close);
    opened = Optional.empty();
  }

  @Test
  void parametersAreVariablesInUpperCase() {
    Script greet =
        script("printf %s \"$GREETING, $NAME\"", parameter("name"), parameter("greeting"));
    assertThat(run(greet, Map.of("name", "it's\na \\n $HOME 'x'", "greeting", "")).text())
        .isEqualTo("STDOUT:\n, it's\na \\n $HOME 'x'");
  }

  @Test
  void aParameterThatIsLeftOutHasItsDefaultAndARequiredOneIsAskedFor() {
    ScriptSettings.Parameter name = new ScriptSettings.Parameter("name", "", false, "world");
    ScriptSettings.Parameter level = new ScriptSettings.Parameter("level", "", true, "");
    Script greet = script("echo $NAME $LEVEL", name, level);
    assertThat(run(greet, Map.of("level", "7")).text()).isEqualTo("STDOUT:\nworld 7");
    assertThat(run(greet, Map.of()).status()).isEqualTo(Status.INVALID);
    assertThat(run(greet, Map.of()).text()).contains("'level' is missing");
  }

  @Test
  void aParameterWhoseNameLooksLikeASecretsArrives() {
    Script sorted =
        script("echo $SORT_KEY $API_TOKEN", parameter("sort_key"), parameter("api_token"));
    assertThat(run(sorted, Map.of("sort_key", "size", "api_token", "t1")).text())
        .isEqualTo("STDOUT:\nsize t1");
  }

  @Test
  void noValueStandsInAProcessList() {
    Script list = script("cat /proc/[0-9]*/cmdline | tr '\\0' ' '", parameter("api_token"));
    assertThat(run(list, Map.of("api_token", "hunter" + "2-" + where)).text())
        .startsWith("STDOUT:\n")
        .contains("java")
        .doesNotContain("hunter2-" + where);
  }

  @Test
  void theBodyIsReadByItsOwnInterpreterOrTheSharedOne() {
    Script python =
        new Script(
            "doit",
            "",
            "import os\nprint(os.environ['NAME'] * 2)",
            Optional.of("python3"),
            List.of(parameter("name")),
            Optional.empty(),
            List.of());
    assertThat(run(python, Map.of("name", "é\n")).text()).isEqualTo("STDOUT:\né\né\n");
    ScriptSettings bash = settings(script("echo ${BASH_VERSION:+bash}"), "/bin/bash");
    assertThat(call(bash, Map.of()).text()).isEqualTo("STDOUT:\nbash");
  }

  @Test
  void aMissingInterpreterIsNotFoundAndAScriptsOwn127IsNot() {
    ScriptSettings missing = settings(script("echo x"), "no-such-shell");
    assertThat(call(missing, Map.of()).text())
        .startsWith(
            "Error: command 'no-such-shell' not found on "
                + opened.orElseThrow().name()
                + ". Nothing was run. ");
    assertThat(run(script("exit 127"), Map.of()).text()).isEqualTo("Exit code: 127");
    assertThat(run(script("no-such-program-x"), Map.of()).text())
        .startsWith("Exit code: 127\nSTDERR:\n")
        .contains("no-such-program-x");
  }

  @Test
  void aTimeoutIsAResultAndAScriptMayHaveItsOwn() {
    Script late =
        new Script(
            "doit",
            "",
            "sleep 60",
            Optional.empty(),
            List.of(),
            Optional.of(Duration.ofMillis(1500)),
            List.of());
    ToolResult result = run(late, Map.of());
    assertThat(result.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(result.text()).startsWith("Error: Execution timed out after 1.5s. ");
  }

  @Test
  void linesMustBeginWithAnAllowedCommand() {
    assertThat(
            run(allowing(List.of("echo", "printf"), "# hi\n\n  echo a\nprintf b"), Map.of()).text())
        .isEqualTo("STDOUT:\na\nb");
    ToolResult refused = run(allowing(List.of("echo"), "echo a\n\n/bin/rm -f x"), Map.of());
    assertThat(refused.status()).isEqualTo(Status.REFUSED);
    assertThat(refused.text())
        .startsWith("Error: line 3 of script doit: command 'rm' is not in the allowed list: echo.");
    assertThat(run(allowing(List.of("echo"), "echo a | sh"), Map.of()).text())
        .contains("line 1 of script doit: shell operator '|'");
  }

  @Test
  void aWorkingDirIsWhereTheScriptRuns() throws IOException {
    Path sub = Files.createDirectory(directory.resolve("-sub dir"));
    ScriptSettings inSub =
        new ScriptSettings(
            List.of(script("pwd -P")),
            "/bin/sh",
            Duration.ofSeconds(30),
            1000,
            Optional.of("-sub dir"));
    assertThat(call(inSub, Map.of()).text()).isEqualTo("STDOUT:\n" + sub.toRealPath());
  }

  @Test
  void aLauncherMayWrapTheInterpreter() {
    RoleRuntime runtime =
        opened
            .orElseThrow()
            .runtime(
                directory,
                ToolSide.wrapping("env", "WRAPPED=1"),
                settings(script("echo $WRAPPED; echo $NAME", parameter("name")), "/bin/sh"));
    assertThat(runtime.call(new ToolCall("c1", "doit", Map.of("name", "x"))).text())
        .isEqualTo("STDOUT:\n1\nx");
  }

  @Test
  void theOutputIsBounded() {
    ScriptSettings small =
        new ScriptSettings(
            List.of(script("yes | head -c 1000000")),
            "/bin/sh",
            Duration.ofSeconds(30),
            20,
            Optional.empty());
    assertThat(call(small, Map.of()).text()).startsWith("STDOUT:\ny\ny").endsWith("\n[truncated]");
  }

  private static ScriptSettings.Parameter parameter(String name) {
    return new ScriptSettings.Parameter(name, "", false, "");
  }

  private static Script script(String body, ScriptSettings.Parameter... parameters) {
    return new Script(
        "doit", "", body, Optional.empty(), List.of(parameters), Optional.empty(), List.of());
  }

  private static Script allowing(List<String> commands, String body) {
    return new Script("doit", "", body, Optional.empty(), List.of(), Optional.empty(), commands);
  }

  private static ScriptSettings settings(Script script, String interpreter) {
    return new ScriptSettings(
        List.of(script), interpreter, Duration.ofSeconds(30), 1_000_000, Optional.empty());
  }

  private ToolResult run(Script script, Map<String, Object> arguments) {
    return call(settings(script, "/bin/sh"), arguments);
  }

  private ToolResult call(ScriptSettings settings, Map<String, Object> arguments) {
    return opened
        .orElseThrow()
        .runtime(directory, settings)
        .call(new ToolCall("c1", "doit", arguments));
  }
}
