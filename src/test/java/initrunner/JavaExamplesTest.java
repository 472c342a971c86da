package initrunner;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.ssh.SshdExtension;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The programs under `examples/java`, compiled and run as their own processes against a host that
/// is this machine.
class JavaExamplesTest {

  private static final Path SOURCES = Path.of("examples/java");

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private static Path classes;
  @TempDir private Path directory;

  @BeforeAll
  static void compile() throws Exception {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<Path> sources;
    try (Stream<Path> files = Files.list(SOURCES)) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    try (StandardJavaFileManager files =
        javac.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          javac
              .getTask(
                  said,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as(said.toString()).isTrue();
    }
  }

  @Test
  void aProgramRunsStreamsAndCancelsCommandsAndMakesManyAtOnce() throws Exception {
    assertThat(run("RunCommands", Map.of()))
        .isEqualTo(
            """
            commands run on my-build-box
            exit 3: built
            1
            2
            3
            squares: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225, 256, 289,\
             324, 361]
            Cancelled[stop=STOPPED]
            """);
  }

  @Test
  void anAgentOfLangChain4jHasTheToolsOfARole() throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.calls(ScriptedModel.shellCall("a", "expr 6 + 36")),
            ScriptedModel.text("It says 42."))) {

      String said =
          run(
              "LangChain4jTools",
              Map.of("OPENAI_API_KEY", "sk-test", "OPENAI_BASE_URL", server.baseUrl().toString()),
              "What is it?");

      assertThat(said).isEqualTo("It says 42.\n");
      assertThat(server.requests().getLast().lastMessage()).contains("42");
    }
  }

  @Test
  void aProgramRunsARolesAgent() throws Exception {
    try (ScriptedModel server =
        ScriptedModel.of(
            ScriptedModel.calls(ScriptedModel.shellCall("a", "echo built")),
            ScriptedModel.text("It builds."))) {

      assertThat(
              run(
                  "RunAgent",
                  Map.of(
                      "OPENAI_API_KEY", "sk-test", "OPENAI_BASE_URL", server.baseUrl().toString()),
                  "Does it build?"))
          .isEqualTo("> run_shell {command=echo built}\n  built\nIt builds.\n");
    }
  }

  @Test
  void aBackendForShellCommandsOfAnotherLibraryNeverThrows() throws Exception {
    assertThat(run("SandboxExecBackend", Map.of(), "echo out; echo err >&2; exit 3"))
        .isEqualTo(
            """
            ExecResult[status=COMPLETED, exitCode=3, stdout=out
            , stderr=err
            ]
            TIMED_OUT
            alive: false
            """);
  }

  private String run(String program, Map<String, String> environment, String... arguments)
      throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: embedded
            spec:
              role: You are brief.
              model:
                provider: openai
                name: gpt-5-mini
              tools:
                - type: shell
              security:
                sandbox:
                  backend: ssh
                  ssh:
                    host: my-build-box
                    config_file: %s
            """
                .formatted(sshd.configFile()));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes + ":" + System.getProperty("java.class.path"),
                program,
                role.toString()));
    command.addAll(List.of(arguments));
    Path errors = directory.resolve("stderr");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("INITRUNNER_HOME", directory.resolve("home").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return output;
  }
}
