package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.model.TestModels;
import initrunner.role.Guardrails.TokenLimits;
import initrunner.role.Security.SensitiveNames;
import initrunner.role.model.Additions;
import initrunner.role.model.ModelName;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.ModelSettings.Concurrency;
import initrunner.role.model.ModelSettings.Fallback;
import initrunner.role.model.ModelSettings.Fallback.Cause;
import initrunner.role.model.ModelSettings.ProviderFields;
import initrunner.role.model.ModelSettings.Sampling;
import initrunner.role.model.ModelSettings.Thinking;
import initrunner.role.model.ModelSettings.ToolChoice;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SandboxSettings.LimitPolicy;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.ToolGrant.Approval;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The fields of a role about its model, its limits and its approvals.
class AgentFieldsTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("role.yaml");
  }

  @Test
  void aPatternThatIsNestedTooDeepIsNoRegularExpression() throws IOException {
    String deep = "(".repeat(200_000) + ")".repeat(200_000);
    Path role =
        Files.writeString(
            directory.resolve("deep.yaml"),
            "{name: a, prompt: b, security: {content: {blocked_input_patterns: ['"
                + deep
                + "']}}}");

    assertThat(catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(role)))
        .hasMessageContaining("blocked_input_patterns[0]: is no regular expression");
  }

  @Test
  void aModelHasAllThatIsWritten() throws IOException {
    ModelSettings model =
        load(
                "model",
                """
                provider: anthropic
                name: claude-sonnet-4-5
                top_p: 0.9
                top_k: 40
                seed: -7
                stop_sequences: [END]
                presence_penalty: -2
                frequency_penalty: 2
                parallel_tool_calls: false
                tool_choice: none
                extra_headers: {X-Team: build}
                concurrency: {max_running: 2, max_queued: 0, share: box}
                fallback: ['openai:gpt-5-mini', 'openrouter:meta/llama:free']
                fallback_on: [ModelHTTPError, ContentFilterError]
                """)
            .model()
            .orElseThrow();

    assertThat(model.sampling())
        .isEqualTo(
            new Sampling(
                Optional.of(0.9),
                Optional.of(40),
                Optional.of(-7),
                List.of("END"),
                Optional.of(-2.0),
                Optional.of(2.0),
                Optional.of(false),
                Optional.of(ToolChoice.NONE)));
    assertThat(model.additions().headers()).isEqualTo(Map.of("X-Team", "build"));
    assertThat(model.concurrency())
        .contains(new Concurrency(2, Optional.of(0), Optional.of("box")));
    assertThat(model.fallback())
        .isEqualTo(
            new Fallback(
                List.of(
                    new ModelName("openai", "gpt-5-mini"),
                    new ModelName("openrouter", "meta/llama:free")),
                Set.of(Cause.MODEL_HTTP_ERROR, Cause.CONTENT_FILTER_ERROR)));
  }

  @Test
  void aModelMayHaveWhatOnlyItsProviderHas() throws IOException {
    assertThat(fieldsOf("provider: openai\nname: gpt-5-mini\nthinking: xhigh").thinking())
        .contains(Thinking.XHIGH);
    assertThat(fieldsOf("thinking: none\nprompt_cache: true"))
        .isEqualTo(new ProviderFields(Optional.of(Thinking.NONE), true));
    assertThat(fieldsOf("provider: anthropic\nname: x\nprompt_cache: true").promptCache()).isTrue();
    assertThat(fieldsOf("provider: groq\nname: x\nprompt_cache: false"))
        .isEqualTo(ModelSettings.DEFAULT.providerFields());
  }

  private ProviderFields fieldsOf(String lines) throws IOException {
    return load("model", lines).model().orElseThrow().providerFields();
  }

  @Test
  void aModelThatSaysNothingMoreHasDefaults() throws IOException {
    assertThat(load("model", "provider: openai\nname: gpt-5").model())
        .contains(
            TestModels.settings("openai", "gpt-5", Optional.empty(), Optional.empty(), 0.1, 4096));
  }

  @Test
  void aModelsContextHasRoomForMoreThanItsAnswer() throws IOException {
    assertThat(load("model", "context_window: 4097").model().orElseThrow().contextWindow())
        .contains(4097);
    assertThat(load("model", "context_window: null").model().orElseThrow().contextWindow())
        .isEmpty();
  }

  @Test
  void aFallbackIsAskedWhereTheApiFailsUnlessTheRoleSaysMore() throws IOException {
    assertThat(load("model", "fallback: ['groq:x']").model().orElseThrow().fallback().causes())
        .containsExactly(Cause.MODEL_API_ERROR);
  }

  @Test
  void whatAModelsBodyGetsBesidesIsReadAsJson() throws IOException {
    String lines =
        """
        extra_body:
          text: a
          digits: '1'
          whole: 0x10
          part: -1.5e3
          flag: TRUE
          list: [1, {a: b}]
          empty: {}
        logit_bias: {50256: -100, '7': 5}
        """;
    Additions additions = load("model", lines).model().orElseThrow().additions();

    assertThat(additions.body())
        .isEqualTo(
            Map.of(
                "text",
                "a",
                "digits",
                "1",
                "whole",
                BigInteger.valueOf(16),
                "part",
                new BigDecimal("-1.5e3"),
                "flag",
                true,
                "list",
                List.of(BigInteger.ONE, Map.of("a", "b")),
                "empty",
                Map.of()));
    assertThat(additions.logitBias()).isEqualTo(Map.of("50256", -100, "7", 5));
  }

  @Test
  void theValuesOfExtraBodyAreNotShown() throws IOException {
    assertThat(load("model", "extra_body: {session: abc}").toString())
        .contains("session")
        .doesNotContain("abc");
  }

  @Test
  void theValuesOfExtraHeadersAreNotShown() throws IOException {
    Role role = load("model", "extra_headers: {Authorization: Bearer abc}");

    assertThat(role.toString()).contains("Authorization").doesNotContain("abc");
  }

  @Test
  void guardrailsHaveAllThatIsWritten() throws IOException {
    String lines =
        """
        max_request_limit: 5
        max_tokens_per_run: 1
        input_tokens_limit: 2
        total_tokens_limit: 3
        per_request_input_tokens_limit: 4
        run_token_budget: 6
        session_token_budget: 7
        """;

    Guardrails guardrails = load("guardrails", lines).guardrails();

    assertThat(guardrails.maxRequests()).isEqualTo(5);
    assertThat(guardrails.tokens())
        .isEqualTo(
            new TokenLimits(
                1, Optional.of(2), Optional.of(3), Optional.of(4), Optional.of(6), Optional.of(7)));
  }

  @ParameterizedTest
  @CsvSource({"0, 30", "20, 30", "21, 31", "2147483647, 2147483647"})
  void theRequestsOfARunFollowItsToolCalls(int toolCalls, int requests) throws IOException {
    assertThat(load("guardrails", "max_tool_calls: " + toolCalls).guardrails().maxRequests())
        .isEqualTo(requests);
  }

  @Test
  void executionHasAllThatIsWritten() throws IOException {
    String lines =
        """
        execution:
          tool_timeout_seconds: 9
          max_concurrency: 2
          retries: 0
          http_retries: 10
          http_retry_max_wait: 600
        """;

    assertThat(load("spec", lines).execution())
        .isEqualTo(
            new Execution(
                Optional.of(Duration.ofSeconds(9)),
                Optional.of(2),
                Optional.of(0),
                10,
                Duration.ofMinutes(10)));
    assertThat(load("spec", "execution: {}").execution()).isEqualTo(Execution.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "'', AUTO",
    "'approval: auto', AUTO",
    "'approval: required', REQUIRED",
    "'require_confirmation: false', AUTO",
    "'require_confirmation: true', REQUIRED"
  })
  void whoIsAskedIsWhatTheRoleWrites(String line, Approval approval) throws IOException {
    assertThat(load("shell", line).tools().getFirst().approval()).isEqualTo(approval);
  }

  @Test
  void confirmationIsAskedForAlsoWhereApprovalIsAuto() throws IOException {
    Role role = load("shell", "approval: auto\nrequire_confirmation: true");

    assertThat(role.tools().getFirst().approval()).isEqualTo(Approval.REQUIRED);
  }

  @Test
  void aPermissionIsAnArgumentAndAGlob() throws IOException {
    String lines =
        """
        permissions:
          default: deny
          allow: ['command=git *', 'command=a=b']
          deny: ['*secret*', '*--token=*', '--key=*', '[T]OKEN=*']
        """;

    assertThat(load("shell", lines).tools().getFirst().permissions())
        .isEqualTo(
            new Permissions(
                Permissions.Default.DENY,
                List.of(
                    new Permissions.Rule(Optional.of("command"), "git *"),
                    new Permissions.Rule(Optional.of("command"), "a=b")),
                List.of(
                    new Permissions.Rule(Optional.empty(), "*secret*"),
                    new Permissions.Rule(Optional.empty(), "*--token=*"),
                    new Permissions.Rule(Optional.empty(), "--key=*"),
                    new Permissions.Rule(Optional.empty(), "[T]OKEN=*"))));
  }

  @ParameterizedTest
  @CsvSource({"permissions:", "permissions: {}", "''"})
  void withoutRulesEverythingIsAllowed(String line) throws IOException {
    assertThat(load("shell", line).tools().getFirst().permissions())
        .isEqualTo(Permissions.ALLOW_ALL);
  }

  @Test
  void secretsAreNamedNeverWritten() throws IOException {
    SandboxSettings sandbox =
        load("on ssh", "secret_env: [DEPLOY_TOKEN]\nlimits: best_effort").sandbox();

    assertThat(sandbox.secretEnv()).containsExactly("DEPLOY_TOKEN");
    assertThat(sandbox.limits()).isEqualTo(LimitPolicy.BEST_EFFORT);
    assertThat(faults("on ssh", "secret_env: [DEPLOY_TOKEN=abc]"))
        .singleElement()
        .asString()
        .contains("secret_env[0]: is not the name of a variable, got a value that is not shown")
        .doesNotContain("abc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backend: bwrap",
        "backend: docker",
        "backend: auto",
        "backend: ssh\nssh: {host: box, launcher: slurm}",
        "backend: ssh\nssh: {host: box, launcher: bwrap, remote_cwd: ~/agent}"
      })
  void noSecretSteersWhatStartsTheSandbox(String contained) throws IOException {
    String lines = contained + "\nsecret_env: [TOKEN, LD_PRELOAD, HTTPS_PROXY, BASH_ENV]";
    String why =
        " would steer the programs that start the sandbox; write another name, and let"
            + " the command set this variable from that one";

    List<ConfigFault> faults = faults("sandbox", lines);

    assertThat(faults).hasSize(2);
    assertThat(faults.getFirst().toString())
        .contains(":27: spec.security.sandbox.secret_env[1]: LD_PRELOAD" + why);
    assertThat(faults.getLast().toString())
        .contains(":52: spec.security.sandbox.secret_env[3]: BASH_ENV" + why);
    assertThat(load("sandbox", "secret_env: [LD_PRELOAD]").sandbox().secretEnv())
        .containsExactly("LD_PRELOAD");
  }

  @Test
  void securityHasAllThatIsWritten() throws IOException {
    String lines =
        """
        tools: {sensitive_env_prefixes: [CORP_], sensitive_env_suffixes: [], env_allowlist: [CORP_A]}
        """;

    Security security = load("security", lines).security();

    assertThat(security.sensitiveNames())
        .isEqualTo(
            new SensitiveNames(
                Optional.of(List.of("CORP_")),
                Optional.of(List.of()),
                Optional.of(List.of("CORP_A"))));
  }

  @Test
  void aPresetFillsInWhatTheRoleLeavesOut() throws IOException {
    assertThat(load("security", "preset: sandbox").sandbox())
        .isEqualTo(SandboxSettings.DEFAULT.with(Backend.AUTO, Optional.empty()));
    assertThat(load("security", "preset: sandbox\nsandbox: {memory_limit: 1g}").sandbox().backend())
        .isEqualTo(Backend.AUTO);
    assertThat(load("security", "preset: sandbox\nsandbox: {backend: none}").sandbox().backend())
        .isEqualTo(Backend.NONE);
    assertThat(load("security", "preset: internal").security()).isEqualTo(Security.DEFAULT);
    assertThat(load("security", "preset: development").security().content())
        .isEqualTo(ContentRules.DEVELOPMENT);
    assertThat(load("security", "preset:").security()).isEqualTo(Security.DEFAULT);
  }

  @Test
  void contentHasAllThatIsWritten() throws IOException {
    String lines =
        """
        content:
          max_prompt_length: 10
          max_output_length: 20
          blocked_input_patterns: [a+]
          blocked_output_patterns: ['b|c', d]
          output_action: block
          redact_patterns: [e]
          pii_redaction: true
        """;

    assertThat(load("security", lines).security().content())
        .isEqualTo(
            new ContentRules(
                10,
                20,
                List.of("a+"),
                List.of("b|c", "d"),
                ContentRules.OutputAction.BLOCK,
                List.of("e"),
                ContentRules.PersonalData.REDACTED));
    assertThat(load("security", "content: {}").security()).isEqualTo(Security.DEFAULT);
  }

  @Test
  void whatTheRoleWritesOfContentWinsOverItsPresetKeyByKey() throws IOException {
    ContentRules rules =
        load("security", "preset: public\ncontent: {pii_redaction: false, max_output_length: 7}")
            .security()
            .content();

    assertThat(rules.personalData()).isEqualTo(ContentRules.PersonalData.RECORDED);
    assertThat(rules.maxOutputLength()).isEqualTo(7);
    assertThat(rules.maxPromptLength()).isEqualTo(10_000);
    assertThat(rules.blockedInput()).isEqualTo(ContentRules.PUBLIC.blockedInput());
    assertThat(load("security", "preset: sandbox").security().content())
        .isEqualTo(ContentRules.PUBLIC);
    assertThat(
            load("security", "preset: sandbox\ncontent: {blocked_input_patterns: []}")
                .security()
                .content()
                .blockedInput())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model|top_p: 0|is too small, got 0, allowed is a number above 0, at most 1",
        "model|top_k: 0|is too small",
        "model|presence_penalty: -2.1|is too small, got -2.1, allowed is a number from -2 to 2",
        "model|frequency_penalty: 3|is too large",
        "model|stop_sequences: ['']|is empty",
        "model|tool_choice: required|is not known, got \"required\", allowed is auto, none",
        "model|extra_headers: {'A b': c}|is not the name of a header field",
        "model|extra_headers: {A: \"b\\nc\"}|holds a line break",
        "model|extra_headers: {A: 1}|is a whole number",
        "model|concurrency: {max_running: 0}|is too small",
        "model|concurrency: {}|is missing, allowed is a whole number of requests, 1 or more",
        "model|fallback: [gpt-5]|is not of the form provider:name, got \"gpt-5\"",
        "model|fallback: ['open:gpt']|has a provider that is not known, got \"open:gpt\"",
        "model|fallback: ['ollama:x']|is a model of ollama, which cannot be a fallback",
        "model|fallback_on: [ModelAPIError]|needs fallback",
        "model|fallback_on: [modelapierror]|did you mean ModelAPIError?",
        "model|provider: opnai|did you mean openai?",
        "model|provider: acme|or any word with a base_url; set base_url",
        "model|thinking: false|is no value of thinking; write none",
        "model|thinking: lo|did you mean low?",
        "model|{provider: groq, name: x, thinking: low}|is for reasoning models of openai (o1",
        "model|{provider: openai, name: gpt-4o, thinking: low}|is for reasoning models of openai",
        "model|{name: gpt-5-chat-latest, thinking: low}|is for reasoning models of openai",
        "model|{provider: openai, name: x, prompt_cache: true}|is for anthropic only; remove it",
        "model|prompt_cache: {}|is a mapping, allowed is true or false",
        "model|context_window: 0|is too small, got 0, allowed is a whole number of tokens, 1 or more",
        "model|context_window: 4096|got 4096, allowed is a whole number of tokens above max_tokens, which is 4096",
        "model|{max_tokens: 9, context_window: 9}|write the model's whole window, or lower max_tokens",
        "model|logit_bias: {a: 1}|is not the number of a token",
        "model|logit_bias: {1: 101}|is too large",
        "model|extra_body: [a]|is a list",
        "model|extra_body: {a: {b: }}|has no value",
        "model|extra_body: {a: .inf}|is no number of JSON",
        "model|extra_body: {messages: []}|is set by another field",
        "model|{provider: google, name: x, extra_body: {a: 1}}|servers that speak Chat Completions",
        "guardrails|max_tokens_per_run: 0|is too small, got 0, allowed is a whole number of tokens",
        "guardrails|max_request_limit: 0|is too small",
        "guardrails|total_tokens_limit: -1|is too small",
        "spec|execution: {http_retries: 11}|is too large, got 11",
        "spec|execution: {http_retry_max_wait: 601}|is too large",
        "spec|execution: {retries: 11}|is too large, got 11, allowed is a whole number of turns from 0",
        "security|audit: {max_records: 0}|is too small, got 0, allowed is a whole number of records",
        "security|audit: {retention_days: -1}|is too small, got -1, allowed is a whole number of days",
        "security|audit: {retention_days: 36501}|is too large, got 36501",
        "security|audit: {max_records: 99999999999999999999}|is too large",
        "security|audit: {retention_days: 7d}|is text, got",
        "security|audit: {max_records: 1.5}|is a decimal number, got 1.5, allowed is a whole number of records",
        "security|tools: {env_allowlist: A}|write it as a list",
        "sandbox|limits: none|is not known, got \"none\", allowed is enforce, best_effort",
      })
  void whatMayNotBeSoIsRefused(String place, String line, String message) throws IOException {
    assertThat(faults(place, line)).singleElement().asString().contains(message);
  }

  @Test
  void aServerWithItsAddressMayHaveAnyName() throws IOException {
    Role role = load("model", "provider: acme\nname: m\nbase_url: http://localhost:1/v1");

    assertThat(role.model().orElseThrow().provider()).isEqualTo("acme");
  }

  private Role load(String place, String lines) throws IOException {
    return SchemaOfRoles.load(Files.writeString(file, Snippet.at(place).roleWith(lines)));
  }

  private List<ConfigFault> faults(String place, String lines) throws IOException {
    Files.writeString(file, Snippet.at(place).roleWith(lines));
    return Optional.ofNullable(
            catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file)))
        .orElseThrow()
        .faults();
  }
}
