package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidateCommandTest {

  private static final String ROLE =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata: {name: build-agent}
      spec:
        role: You build.
        security: {sandbox: {backend: ssh, ssh: {host: no-such-host.invalid}}}
      """;

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("role.yaml");
  }

  @Test
  void aGoodRoleIsSummarisedOnStandardOutputWithoutAConnection() throws IOException {
    Files.writeString(file, ROLE);

    assertThat(validate(file.toString())).isZero();
    assertThat(text(out).lines()).hasSizeGreaterThan(3);
    assertThat(text(out))
        .contains("Its tools run on no-such-host.invalid over ssh, in the login directory.");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void everyFaultIsALineOnStandardErrorAndTheStatusIsTwo() throws IOException {
    Files.writeString(file, ROLE.replace("Agent", "Agnet").replace("role:", "rloe:"));

    assertThat(validate(file.toString())).isEqualTo(2);
    assertThat(text(out)).isEmpty();
    assertThat(text(err).lines())
        .satisfiesExactly(
            kind -> assertThat(kind).startsWith(file + ":2:7: kind: ").endsWith("Agent?"),
            missing -> assertThat(missing).startsWith(file + ":4:1: spec.role: is missing"),
            unknown -> assertThat(unknown).startsWith(file + ":5:3: spec.rloe: "));
  }

  @Test
  void aFileThatIsNotThereIsAFault() {
    assertThat(validate(file.toString())).isEqualTo(2);
    assertThat(text(err)).startsWith(file + ": does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OPENAI_BASE_URL=http://elsewhere.example/v1|process"
            + "|OPENAI_BASE_URL in {ENV} leads model openai:m to http://elsewhere.example/v1, and its"
            + " key, OPENAI_API_KEY, does not come from that file: nothing is asked.",
        "OPENAI_BASE_URL=http://elsewhere.example/v1|none"
            + "|Model openai:m is asked at http://elsewhere.example/v1, as OPENAI_BASE_URL in {ENV}"
            + " says, with the key in OPENAI_API_KEY.",
        "GROQ_BASE_URL=http://elsewhere.example/v1|process"
            + "|GROQ_BASE_URL in {ENV} says where models of groq are asked.",
        "INITRUNNER_MODEL=groq:x|process|INITRUNNER_MODEL in {ENV} names another model.",
        "https_proxy=http://elsewhere.example|process"
            + "|https_proxy in {ENV} leads model openai:m, and its key",
      })
  void aFileThatDecidesWhereAModelIsAskedIsNamed(String line, String key, String said)
      throws IOException {
    Path env = Files.writeString(directory.resolve(".env"), line + "\n");
    Files.writeString(
        file, ROLE.replace("role: You", "model: {provider: openai, name: m}\n  role: You"));

    assertThat(
            validate(
                key.equals("process") ? Map.of("OPENAI_API_KEY", "hunter2") : Map.of(),
                file.toString()))
        .isZero();
    assertThat(text(out)).contains(said.replace("{ENV}", env.toString())).doesNotContain("hunter2");
  }

  /// A pipe blocks and a device never ends: validate waits for neither.
  @ParameterizedTest
  @Timeout(60)
  @CsvSource({
    "role.yaml, is not a regular file (a pipe; a socket or a device)",
    ".env, is not a regular file (a pipe; a socket or a device)",
    "home/.env, is not a regular file (a pipe; a socket or a device)",
    "home/models.yaml, is not a regular file (a pipe; a socket or a device)"
  })
  void whatIsNoRegularFileIsAFault(String name, String fault) throws Exception {
    Files.writeString(file, ROLE);
    Path other = Files.createDirectories(directory.resolve("home")).resolveSibling(name);
    Files.deleteIfExists(other);
    String said = other + ": " + fault.replace(';', ',');
    Map<String, String> environment = Map.of("INITRUNNER_HOME", directory + "/home");
    String[] run = {"run", file.toString(), "--model", "openai:m", "-p", "Go.", "--dry-run"};

    assertThat(new ProcessBuilder("mkfifo", other.toString()).start().waitFor()).isZero();
    assertThat(command(environment, run)).isEqualTo(2);
    assertThat(text(err)).startsWith(said);

    Files.delete(other);
    Files.createSymbolicLink(other, Path.of("/dev/zero"));
    err.reset();
    assertThat(command(environment, run)).isEqualTo(2);
    assertThat(text(err)).startsWith(said);

    Files.delete(other);
    Files.createDirectory(other);
    err.reset();
    assertThat(command(environment, run)).isEqualTo(2);
    assertThat(text(err)).startsWith(other + ": is a directory");
  }

  @Test
  void aDotEnvThatIsALinkToNothingSetsNothing() throws IOException {
    Files.writeString(file, ROLE);
    Files.createSymbolicLink(directory.resolve(".env"), Path.of("/dev/null"));

    assertThat(validate(file.toString())).isZero();
  }

  @Test
  void ofManyFaultsTheFirstAreShownAndTheRestCounted() throws IOException {
    StringBuilder role = new StringBuilder(ROLE);
    for (int i = 0; i < 60_000; i++) {
      role.append("x").append(i).append(": 1\n");
    }
    Files.writeString(file, role);

    assertThat(validate(file.toString())).isEqualTo(2);
    assertThat(text(err).lines()).hasSize(101).last().isEqualTo("and 59900 faults more");
  }

  @Test
  void aLongRuleAndManyToolsAreShownInPartAndTheRestCounted() throws IOException {
    StringBuilder tools = new StringBuilder("  tools:\n");
    tools.append("    - {type: shell, permissions: {deny: ['command=" + "x".repeat(400_000));
    tools.append("']}}\n");
    for (int i = 0; i < 5000; i++) {
      tools.append("    - {type: script, scripts: [{name: s" + i + ", body: ls}]}\n");
    }
    Files.writeString(file, ROLE.replace("  security:", tools + "  security:"));

    assertThat(validate(file.toString())).isZero();
    assertThat(text(out).length()).isLessThan(300_000);
    assertThat(text(out))
        .containsPattern("x… \\(39\\d{4} characters more: look at the file itself");
    assertThat(text(out)).containsPattern("… 40\\d\\d lines more: look at the file itself");
  }

  @Test
  void anAddressThatARoleTakesFromAFileIsNamed() throws IOException {
    Path env = Files.writeString(directory.resolve(".env"), "LLM=https://elsewhere.example\n");
    Files.writeString(
        file,
        ROLE.replace(
            "role: You", "model: {provider: openai, name: m, base_url: '${LLM}/v1'}\n  role: You"));

    assertThat(validate(file.toString())).isZero();
    assertThat(text(out)).contains("spec.model.base_url takes LLM from " + env + ".");
  }

  @Test
  void aRoleOfAProgramThatDoesMoreIsTakenAndWhatHasNoEffectIsNamedOnce() throws IOException {
    Files.writeString(
        directory.resolve("agent.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: an-agent, dependencies: [x], bundle: {include: [y]}}
        spec:
          role: Say {{ .Values.x }}.
          output: {type: text, mode: auto}
          guardrails:
            max_iterations: 3
            budget_timezone: UTC
            daemon_token_budget: 5
            autonomous_token_budget: 5
            retry_policy: {max_attempts: 2}
            circuit_breaker: {failure_threshold: 3}
          execution:
            tool_timeout_seconds: 15.0
            max_concurrency: {max_running: 3, max_queued: 2}
            http_retry_max_wait: 60.0
            end_strategy: graceful
            output_retries: 2
          tools: [{type: datetime, default_timezone: Europe/Paris}, {type: think, critique: true}]
          security: {sandbox: {backend: ssh, memory_limit: 100b, cpu_limit: 0.001, ssh: {host: b}}}
        """);

    assertThat(command(Map.of(), "validate", "--explain", directory.toString()))
        .as(text(err))
        .isZero();
    assertThat(text(out).lines())
        .contains(
            "At most 3 of its tool calls run at once.",
            "No tool call takes longer than 15 s.",
            "Without effect here: metadata.dependencies, metadata.bundle,"
                + " spec.guardrails.max_iterations, spec.guardrails.budget_timezone,"
                + " spec.guardrails.daemon_token_budget, spec.guardrails.autonomous_token_budget,"
                + " spec.guardrails.retry_policy, spec.guardrails.circuit_breaker,"
                + " spec.execution.end_strategy, spec.execution.output_retries.");
  }

  @Test
  void aLimitThatHoldsNothingAnywhereIsTakenOnlyWhereItHasNoEffect() throws IOException {
    String limits = "memory_limit: 100b, cpu_limit: 0.001";
    for (String sandbox :
        List.of(
            "backend: bwrap",
            "backend: ssh, ssh: {host: b, launcher: bwrap, remote_cwd: /srv/x}")) {
      Files.writeString(
          file,
          ROLE.replaceFirst("sandbox: \\{.*}}}", "sandbox: {" + limits + ", " + sandbox + "}}"));
      assertThat(validate(file.toString())).isEqualTo(2);
      assertThat(text(err)).contains("memory_limit: is out of range", "cpu_limit: is too small");
    }
  }

  @Test
  void whereFilesAreRestrictedForToolsOfPythonNoAdviceOpensThisMachine() throws IOException {
    Files.writeString(
        file, ROLE.replace("{sandbox:", "{tools: {allowed_write_paths: [/x]}, sandbox:"));

    assertThat(validate(file.toString())).isEqualTo(2);
    assertThat(text(err))
        .contains("is for tools written in Python", "remove it")
        .doesNotContain("belongs at", "did you mean");
  }

  @Test
  void helpShowsAnExample() {
    assertThat(validate("--help")).isZero();
    assertThat(text(out)).contains("initrunner validate role.yaml");
  }

  private int validate(String argument) {
    return validate(Map.of(), argument);
  }

  private int validate(Map<String, String> variables, String argument) {
    return command(variables, "validate", argument);
  }

  private int command(Map<String, String> variables, String... arguments) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
    Console console =
        new Console(InputStream.nullInputStream(), out, err, environment, Console.Output.OTHER);
    return Main.run(arguments, console);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
