package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.agent.ScriptedModel;
import initrunner.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Prompts of a role with allowed topics.
class TopicCheckTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UNKNOWN =
      "whether the prompt is on the allowed topics is not known, so it is blocked"
          + " (spec.security.content.llm_classifier_enabled): ";

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private ScriptedModel server = ScriptedModel.of();
  private Path role = Path.of("");

  @BeforeEach
  void writeRole() throws IOException {
    role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: narrow}
            spec:
              role: You are brief.
              model: {provider: openai, name: gpt-4o, temperature: 0.7}
              tools: [{type: shell}]
              security:
                content:
                  llm_classifier_enabled: true
                  allowed_topics_prompt: Our build servers.
                  blocked_input_patterns: [swordfish]
            """);
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void aPromptOnTheTopicsIsAskedAndTheVerdictIsPartOfTheRunAndNotOfItsConversation()
      throws Exception {
    script(
        ScriptedModel.text("```json\n{\"allowed\": true}\n```"),
        ScriptedModel.shell("true"),
        ScriptedModel.text("All is well."));

    JsonNode report = run("How is \"box 7\"?", ExitCodes.OK);

    assertThat(report.path("output").asText()).isEqualTo("All is well.");
    JsonNode question = server.requests().getFirst().body();
    assertThat(question.path("temperature").asDouble(1)).isZero();
    assertThat(question.has("tools")).isFalse();
    assertThat(question.path("messages").path(0).path("content").asText())
        .contains("Our build servers.");
    assertThat(question.path("messages").path(1).path("content").asText())
        .isEqualTo("The prompt: \"How is \\\"box 7\\\"?\"");
    for (ScriptedModel.Request request : server.requests().subList(1, 3)) {
      assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.7);
      assertThat(request.body().path("messages").toString()).doesNotContain("allowed", "topics");
    }
    assertThat(row().path("tokens_in").asInt()).isEqualTo(3 * ScriptedModel.PROMPT_TOKENS);
    assertThat(row().path("tokens_out").asInt()).isEqualTo(3 * ScriptedModel.COMPLETION_TOKENS);
    assertThat(row().path("success").asInt()).isOne();
  }

  @Test
  void anotherPromptIsBlockedWithTheModelsReasonAndItsTokensCount() throws Exception {
    script(ScriptedModel.text("{\"allowed\": false, \"reason\": \"It is\\nabout cooking.\"}"));
    String why =
        "the prompt is blocked (spec.security.content.allowed_topics_prompt): the model says: It is"
            + " about cooking.";

    JsonNode report = run("How do I boil an egg?", ExitCodes.FAILED);

    assertThat(report.path("status").asText()).isEqualTo("failed");
    assertThat(report.path("error").asText()).isEqualTo(why);
    assertThat(server.requests()).hasSize(1);
    assertThat(row().path("error").asText()).isEqualTo(why);
    assertThat(row().path("tokens_in").asInt()).isEqualTo(ScriptedModel.PROMPT_TOKENS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Yes.",
        "{\"allowed\": \"true\"}",
        "{\"is_safe\": true}",
        "{\"allowed\": true} {\"allowed\": false}",
        "{\"allowed\": true",
        "[true]"
      })
  void anAnswerThatIsNoVerdictBlocks(String answer) throws Exception {
    script(ScriptedModel.text(answer));

    JsonNode report = run("How is box 7?", ExitCodes.FAILED);

    assertThat(report.path("error").asText())
        .isEqualTo(UNKNOWN + "the model's answer is not a verdict: '" + answer + "'");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aVerdictThatWasCutOffBlocks() throws Exception {
    script(new ScriptedModel.Reply.Stopped("{\"allowed\": true}", "length"));

    assertThat(run("How is box 7?", ExitCodes.FAILED).path("error").asText())
        .startsWith(UNKNOWN + "the model's answer is not a verdict");
  }

  @Test
  void aModelThatFailsBlocks() throws Exception {
    script(ScriptedModel.status(401, "{\"error\": {\"message\": \"no such key\"}}"));

    JsonNode report = run("How is box 7?", ExitCodes.FAILED);

    assertThat(report.path("error").asText()).startsWith(UNKNOWN).contains("no such key");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void whatAnotherRuleBlocksIsNotAskedAbout() throws Exception {
    script();

    assertThat(run("Swordfish?", ExitCodes.FAILED).path("error").asText())
        .contains("blocked_input_patterns[0]");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aVerdictCountsTowardsTheLimitsOfARun() throws Exception {
    Files.writeString(
        role,
        Files.readString(role)
            .replace("  tools:", "  guardrails: {max_request_limit: 1}\n  tools:"));
    script(ScriptedModel.text("{\"allowed\": true}"));

    assertThat(run("How is box 7?", ExitCodes.FAILED).path("error").asText())
        .contains("limit of 1 model requests");
  }

  @Test
  void aSessionsVerdictsAreRecordedAndReplayedInTheirPlaces() throws Exception {
    script(
        ScriptedModel.text("{\"allowed\": true}"),
        ScriptedModel.text("First."),
        ScriptedModel.text("{\"allowed\": false}"),
        ScriptedModel.text("{\"allowed\": true}"),
        ScriptedModel.text("Third."));
    String turns = directory.resolve("turns.json").toString();
    CapturedConsole asked = CapturedConsole.withStdin("a\nb\nc\n", environment);

    asked.run("run", role.toString(), "-i", "--record", turns);

    assertThat(asked.stdout()).isEqualTo("First.\nThird.\n");
    assertThat(asked.stderr()).contains("the prompt is blocked (spec.security.content.allowed");
    assertThat(server.requests().getLast().body().path("messages").findValuesAsText("content"))
        .as("what the third prompt's answer knows of")
        .contains("a", "First.", "c")
        .doesNotContain("b", "{\"allowed\": false}");
    assertThat(JSON.readTree(Path.of(turns).toFile()).findValuesAsText("text"))
        .containsExactly(
            "{\"allowed\": true}",
            "First.",
            "{\"allowed\": false}",
            "{\"allowed\": true}",
            "Third.");
    environment.remove("OPENAI_API_KEY");
    CapturedConsole replayed = CapturedConsole.withStdin("a\nb\nc\n", environment);
    replayed.run("run", role.toString(), "-i", "--replay", turns);
    assertThat(replayed.stdout()).isEqualTo("First.\nThird.\n");
  }

  @Test
  void aPausedRunGoesOnBehindItsVerdict() throws Exception {
    Files.writeString(
        role, Files.readString(role).replace("{type: shell}", "{type: shell, approval: required}"));
    script(
        ScriptedModel.text("{\"allowed\": true}"),
        ScriptedModel.shell("true"),
        ScriptedModel.text("Done."));
    String turns = directory.resolve("turns.json").toString();
    CapturedConsole run = CapturedConsole.of(environment);
    assertThat(run.run("run", role.toString(), "-p", "Go.", "--record", turns))
        .isEqualTo(ExitCodes.PAUSED);
    String runId = run.stderr().replaceAll("(?s).*?Run ([0-9a-f]{12}) waits.*", "$1");

    CapturedConsole approve = CapturedConsole.of(environment);

    assertThat(approve.run("approve", runId)).as(approve.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(approve.stdout()).isEqualTo("Done.\n");
    assertThat(JSON.readTree(Path.of(turns).toFile())).hasSize(3);
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
    environment.put("OPENAI_API_KEY", "sk-test");
    environment.put("OPENAI_BASE_URL", server.baseUrl().toString());
    environment.put("PATH", System.getenv("PATH"));
  }

  private JsonNode run(String prompt, int status) throws IOException {
    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run("run", role.toString(), "-p", prompt, "--format", "json"))
        .as(console.stderr())
        .isEqualTo(status);
    return JSON.readTree(console.stdout());
  }

  private JsonNode row() throws IOException {
    CapturedConsole export = CapturedConsole.of(environment);
    assertThat(export.run("audit", "export")).isEqualTo(ExitCodes.OK);
    List<JsonNode> rows = JSON.readTree(export.stdout()).findParents("user_prompt");
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }
}
