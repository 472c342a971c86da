package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.agent.Approver;
import initrunner.agent.PausedRun;
import initrunner.agent.ScriptedModel;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.TerminalSize;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunFormat;
import initrunner.model.ReplayModel;
import initrunner.run.GivenAnswers;
import initrunner.run.ModelChoice;
import initrunner.run.RoleSource;
import initrunner.run.RunHome;
import initrunner.run.RunOrder;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls that need a person's approval, over a real sshd: with and without a terminal.
class ApprovalsTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final String KEY = "sk-a-key-that-nobody-may-see";
  private static final Pattern RUN_ID = Pattern.compile("Run ([0-9a-f]{12}) waits");

  @TempDir private Path directory;
  private ScriptedModel server = ScriptedModel.of();
  private final Map<String, String> environment = new HashMap<>();
  private Path role = Path.of("");

  @BeforeEach
  void writeRole() throws IOException {
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
    role = writeRole("approval: required");
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void whereNobodyIsThereTheRunPausesAndNothingRuns() throws Exception {
    for (String asking : List.of("approval: required", "require_confirmation: true")) {
      role = writeRole(asking);
      script(touch("made"));

      CapturedConsole console = console();

      assertThat(console.run("run", role.toString(), "-p", "Go.")).isEqualTo(ExitCodes.PAUSED);
      assertThat(console.stderr())
          .contains("waits for approval of:", "call-1  run_shell {\"command\":\"touch made\"}")
          .contains("initrunner approve ");
      assertThat(made("made")).isFalse();
      assertThat(agent().events()).isEmpty();
    }
  }

  @Test
  void aYesContinuesTheSameRunWithTheSameRecordAsAnyOther() throws Exception {
    script(
        new ScriptedModel.Reply.Calls(
            "I shall touch it.", List.of(ScriptedModel.shellCall("call-1", "touch made"))),
        ScriptedModel.text("It is made."));
    String runId = paused();

    CapturedConsole console = console();
    int status = console.run("approve", runId);

    assertThat(status).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).isEqualTo("It is made.\n");
    assertThat(made("made")).isTrue();
    assertThat(agent().events())
        .extracting(row -> row.eventType() + " " + row.details())
        .satisfiesExactly(
            start ->
                assertThat(start)
                    .startsWith("sandbox.start backend=ssh host=my-build-box argv0=touch")
                    .contains("run=" + runId),
            end ->
                assertThat(end)
                    .startsWith("sandbox.exec backend=ssh host=my-build-box argv0=touch rc=0")
                    .contains("run=" + runId));
    JsonNode messages = server.requests().get(1).body().path("messages");
    assertThat(messages.findValuesAsText("role"))
        .containsExactly("system", "user", "assistant", "tool");
    assertThat(messages.path(2).path("content").asText()).isEqualTo("I shall touch it.");
  }

  @Test
  void showTellsThePromptTheApprovalTheCallTheCostAndTheAnswer() throws Exception {
    Files.writeString(
        Files.createDirectories(agent().home()).resolve("models.yaml"),
        "{prices: {'openai:gpt-5-mini': {input: 1000, output: 0}}}\n");
    script(
        new ScriptedModel.Reply.Calls(
            "I shall touch it.", List.of(ScriptedModel.shellCall("call-1", "touch made"))),
        ScriptedModel.text("It is made."));
    String runId = paused();
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.OK);

    CapturedConsole show = console();
    assertThat(show.run("show", "last")).isEqualTo(ExitCodes.OK);

    assertThat(show.stdout())
        .containsSubsequence(
            "Run " + runId + "  remote-agent on my-build-box, asked by run\n",
            " UTC, took ",
            ", answered\nmodel openai:gpt-5-mini: 22 tokens in, 14 out, $0.0220\n",
            "  Prompt\n          Go.\n",
            "  The model said (its beginning)\n          I shall touch it.\n",
            "  paused: waits for approval of run_shell (call-1)\n",
            "  Went on after a person's answer\n",
            "  run_shell on my-build-box: exit 0 after ",
            "          approved by " + System.getProperty("user.name") + " (approve) at ",
            "  answered\n          It is made.\n");
    CapturedConsole json = console();
    assertThat(json.run("show", "last", "--json")).isEqualTo(ExitCodes.OK);
    JsonNode run = new ObjectMapper().readTree(json.stdout());
    assertThat(run.path("cost_usd").decimalValue()).isEqualByComparingTo("0.022");
  }

  @Test
  void thePauseAndWhatFollowsAreRowsOfOneRunInAVerifiedRecord() throws Exception {
    script(touch("made"), ScriptedModel.text("It is made."));
    String runId = paused();
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.OK);

    CapturedConsole export = console();
    assertThat(export.run("audit", "export", "--run", runId)).isEqualTo(ExitCodes.OK);

    List<JsonNode> runs = new ArrayList<>();
    new ObjectMapper()
        .readTree(export.stdout())
        .forEach(record -> {
          if (record.path("table").asText().equals("audit_log")) {
            runs.add(record);
          }
        });
    assertThat(runs).hasSize(2);
    assertThat(runs.getFirst().path("success").asInt()).isZero();
    assertThat(runs.getFirst().path("error").asText())
        .isEqualTo("paused: waits for approval of run_shell (call-1)");
    assertThat(runs.getFirst().path("trigger_type").asText()).isEqualTo("cli");
    assertThat(runs.getLast().path("success").asInt()).isOne();
    assertThat(runs.getLast().path("trigger_type").asText()).isEqualTo("resume");
    assertThat(runs.getLast().path("user_prompt").asText()).isEqualTo("(resume: call-1:approve)");
    assertThat(runs.getLast().path("output").asText()).isEqualTo("It is made.");
    assertThat(export.stdout()).contains("argv0=touch rc=0");

    assertThat(console().run("audit", "verify")).isEqualTo(ExitCodes.OK);
  }

  @Test
  void whatARunCostBeforeItPausedCountsTowardsItsLimit() throws Exception {
    role = agent().role("- {type: shell, approval: required}", "guardrails: {cost_limit: 0.00004}");
    Files.writeString(
        Files.createDirectories(agent().home()).resolve("models.yaml"),
        "{prices: {'openai:gpt-5-mini': {input: 1, output: 2}}}\n");
    script(touch("made"), touch("not-made"));
    String runId = paused();

    CapturedConsole console = console();

    assertThat(console.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr())
        .contains("0.00004 US dollars (spec.guardrails.cost_limit): it cost 0.00005");
    assertThat(made("made")).isTrue();
    assertThat(made("not-made")).isFalse();
  }

  @Test
  void aContinuedRunThatFailsNamesTheNewRunAsTheNextStep() throws Exception {
    script(
        touch("made"),
        new ScriptedModel.Reply.Raw(400, Map.of(), "{\"error\": {\"message\": \"no\"}}"));
    String runId = paused();

    CapturedConsole console = console();

    assertThat(console.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr())
        .contains("new run (initrunner run): the answers to run " + runId + " are used");
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(made("made")).isTrue();
  }

  @Test
  void aSecondAnswerIsRefusedAndRunsNothing() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    String runId = paused();
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.OK);
    int recorded = agent().events().size();

    CapturedConsole again = console();

    assertThat(again.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(again.stderr()).contains("run " + runId + " was answered already at ", "has ended");
    assertThat(agent().events()).hasSize(recorded);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aRunThatWasCutOffWhileItWentOnIsNotMadeTwice() throws Exception {
    script(touch("made"));
    String runId = paused();
    Path stored = directory.resolve("home/paused/" + runId + ".json");
    Files.move(stored, stored.resolveSibling(runId + ".decided"));

    CapturedConsole console = console();

    assertThat(console.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr())
        .contains("answered already", "its calls are not made a second time")
        .contains("under run=" + runId);
    assertThat(made("made")).isFalse();
  }

  @Test
  void aNoIsToldToTheModelAndRecorded() throws Exception {
    script(touch("made"), ScriptedModel.text("Then not."));
    String runId = paused();

    CapturedConsole console = console();

    assertThat(console.run("approve", runId, "--deny", "--reason", "use make check"))
        .isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).isEqualTo("Then not.\n");
    assertThat(console.stderr()).contains("  no   call-1  run_shell");
    assertThat(server.requests().get(1).lastMessage()).endsWith("reason: use make check");
    assertThat(made("made")).isFalse();
    assertThat(server.requests().get(1).lastMessage()).contains("a person was asked and said no");
    assertThat(agent().events())
        .singleElement()
        .satisfies(row ->
            assertThat(row.details()).contains("ended=refused reason=denied", "run=" + runId));
  }

  private String pausedWithTwoCalls() throws Exception {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "touch first"),
            ScriptedModel.shellCall("b", "touch second")),
        ScriptedModel.text("Half."));
    return paused();
  }

  @Test
  void oneOfTwoCallsIsAllowedAndNothingOfTheTurnRunsBefore() throws Exception {
    String runId = pausedWithTwoCalls();
    CapturedConsole wrong = console();
    assertThat(wrong.run("approve", runId, "--tool-call-id", "c")).isEqualTo(ExitCodes.USAGE);
    assertThat(wrong.stderr()).contains("has no waiting call c; its waiting calls are a, b");

    assertThat(console().run("approve", runId, "--tool-call-id", "b")).isEqualTo(ExitCodes.OK);

    assertThat(made("first")).isFalse();
    assertThat(made("second")).isTrue();
    JsonNode messages = server.requests().get(1).body().path("messages");
    assertThat(messages.path(3).path("tool_call_id").asText()).isEqualTo("a");
    assertThat(messages.path(3).path("content").asText()).contains("said no");
    assertThat(messages.path(4).path("tool_call_id").asText()).isEqualTo("b");
  }

  @Test
  void allCallsMayBeSaidAndSoManyRunsBeListed() throws Exception {
    String runId = pausedWithTwoCalls();
    CapturedConsole both = console();
    CapturedConsole some = console();
    CapturedConsole none = console();

    assertThat(some.run("pending", "--limit", "1")).isEqualTo(ExitCodes.OK);
    assertThat(some.stdout()).contains(runId);
    assertThat(none.run("pending", "--limit", "0")).isEqualTo(ExitCodes.USAGE);
    assertThat(both.run("approve", runId, "--all", "--tool-call-id", "a"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(made("first")).isFalse();
    assertThat(console().run("approve", runId, "--all")).isEqualTo(ExitCodes.OK);
    assertThat(made("first")).isTrue();
    assertThat(made("second")).isTrue();
  }

  @Test
  void aRunMayPauseMoreThanOnce() throws Exception {
    script(touch("one"), touch("two"), ScriptedModel.text("Both."));
    String runId = paused();

    CapturedConsole first = console();
    assertThat(first.run("approve", runId)).isEqualTo(ExitCodes.PAUSED);
    assertThat(first.stderr())
        .contains("  yes  call-1  run_shell {\"command\":\"touch one\"}")
        .contains("Run " + runId + " waits", "touch two", "approve " + runId + "-2\n");
    assertThat(made("one")).isTrue();
    assertThat(made("two")).isFalse();

    // The same command again, from the shell's history, approves no call that it did not show.
    CapturedConsole again = console();
    assertThat(again.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(again.stderr()).contains("waits anew since", "with other calls");
    assertThat(made("two")).isFalse();

    assertThat(console().run("approve", runId + "-2")).isEqualTo(ExitCodes.OK);
    assertThat(made("two")).isTrue();
    assertThat(agent().events()).hasSize(4).allMatch(row -> row.details().contains("run=" + runId));
  }

  @Test
  void aChangedRoleIsToldAndCountsOnlyWhereThatIsAskedFor() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    String runId = paused();
    Files.writeString(role, Files.readString(role) + "# changed\n");

    CapturedConsole refused = console();
    assertThat(refused.run("approve", runId)).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.stderr()).contains(role.toString(), "has changed since run " + runId);
    assertThat(made("made")).isFalse();

    assertThat(console().run("approve", runId, "--changed-role")).isEqualTo(ExitCodes.OK);
    assertThat(made("made")).isTrue();
  }

  @Test
  void aNoCountsAlsoWhereTheRoleAsksNoMore() throws Exception {
    String runId = pausedWithTwoCalls();
    role = writeRole("approval: auto");

    CapturedConsole console = console();
    int status = console.run("approve", runId, "--tool-call-id", "b", "--changed-role");

    assertThat(status).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(made("first")).isFalse();
    assertThat(made("second")).isTrue();
    assertThat(agent().events())
        .anySatisfy(row -> assertThat(row.details()).contains("ended=refused reason=denied"));
  }

  @Test
  void anotherDirectoryOfAToolIsToldAsAnotherPlaceIs() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    Path shown = Files.createDirectories(directory.resolve("shown"));
    Path other = Files.createDirectories(directory.resolve("other"));
    Files.writeString(
        role,
        Files.readString(role)
            .replace("{type: shell, ", "{type: shell, working_dir: \"${TOOL_WORK}\", "));
    environment.put("TOOL_WORK", shown.toString());
    String runId = paused();
    CapturedConsole pending = console();
    pending.run("pending");
    environment.put("TOOL_WORK", other.toString());

    CapturedConsole refused = console();
    assertThat(refused.run("approve", runId)).isEqualTo(ExitCodes.USAGE);

    assertThat(pending.stdout()).contains("its tools in " + shown);
    assertThat(refused.stderr()).contains("its tools in " + shown, "its tools in " + other);
    assertThat(console().run("approve", runId, "--changed-place")).isEqualTo(ExitCodes.OK);
    assertThat(other.resolve("made")).exists();
  }

  @Test
  void anotherPlaceIsToldAndCountsOnlyWhereThatIsAskedFor() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    Files.writeString(
        role, Files.readString(role).replace("host: my-build-box", "host: ${BUILD_HOST}"));
    Path dotEnv = Files.writeString(role.resolveSibling(".env"), "BUILD_HOST=me@staging\n");
    environment.put("BUILD_HOST", "my-build-box");
    String runId = paused();
    environment.remove("BUILD_HOST");

    CapturedConsole refused = console();
    assertThat(refused.run("approve", runId, "--changed-role")).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.stderr())
        .contains("were to run on my-build-box (backend ssh", "would run on me@staging (backend")
        .contains("--changed-place");

    Files.delete(dotEnv);
    environment.put("BUILD_HOST", "my-build-box");
    environment.put("WORK", directory.resolve("other").toString());
    Files.createDirectories(directory.resolve("other"));
    Files.writeString(
        role,
        Files.readString(role)
            .replace("remote_cwd: " + directory.resolve("work"), "remote_cwd: ${WORK}"));
    assertThat(console().run("approve", runId, "--changed-role")).isEqualTo(ExitCodes.USAGE);
    assertThat(made("made")).isFalse();

    CapturedConsole console = console();
    assertThat(console.run("approve", runId, "--changed-role", "--changed-place"))
        .as(console.stderr())
        .isEqualTo(ExitCodes.OK);
    assertThat(directory.resolve("other/made")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"User nobody", "HostName 127.0.0.2", "Port 9", "ProxyCommand false"})
  void aHostThatStandsForAnotherMachineOrAccountByThenIsToldAndNothingRuns(String line)
      throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    String before = Files.readString(sshd.configFile());
    Path configuration = Files.writeString(directory.resolve("ssh_config"), before);
    Files.writeString(
        role,
        Files.readString(role).replace(sshd.configFile().toString(), configuration.toString()));
    String runId = paused();
    Files.writeString(configuration, "Host my-build-box\n  " + line + "\n" + before);

    CapturedConsole refused = console();
    assertThat(refused.run("approve", runId)).isEqualTo(ExitCodes.USAGE);
    assertThat(refused.stderr())
        .contains("were to run on my-build-box (backend ssh", "--changed-place")
        .contains(
            line.startsWith("ProxyCommand")
                ? ", by ProxyCommand "
                : line.replace("User ", "reached as ").replaceFirst("^(HostName|Port) ", ""));
    assertThat(made("made")).isFalse();

    Files.writeString(configuration, before);
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.OK);
    assertThat(made("made")).isTrue();
  }

  @Test
  void aRunThatWasStoredWithoutItsPlaceIsListedAndGoesOn() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    String runId = paused();
    Path stored = directory.resolve("home/paused/" + runId + ".json");
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode older = (ObjectNode) mapper.readTree(Files.readString(stored));
    assertThat(older.remove("place")).isNotNull();
    Files.writeString(stored, older.toString());
    CapturedConsole people = console();
    CapturedConsole programs = console();

    assertThat(people.run("pending")).isEqualTo(ExitCodes.OK);
    assertThat(people.stdout()).contains(runId).doesNotContain("my-build-box");
    assertThat(programs.run("pending", "--json")).isEqualTo(ExitCodes.OK);
    assertThat(mapper.readTree(programs.stdout()).path(0).path("place").isNull()).isTrue();
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.OK);
    assertThat(made("made")).isTrue();
  }

  @Test
  void whatFailsBeforeTheCallsAreMadeUsesUpNoAnswer() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    String runId = paused();
    environment.remove("OPENAI_API_KEY");
    CapturedConsole withoutKey = console();

    assertThat(withoutKey.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(withoutKey.stderr()).contains("OPENAI_API_KEY is not set");

    environment.put("OPENAI_API_KEY", KEY);
    assertThat(console().run("approve", runId)).isEqualTo(ExitCodes.OK);
    assertThat(made("made")).isTrue();
  }

  @Test
  void aModelThatOnlyItsRoleKnowsGoesOnToo() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    Files.writeString(
        role,
        Files.readString(role)
            .replace("provider: openai", "base_url: " + server.baseUrl())
            .replace("name: gpt-5-mini", "name: qwen3:8b"));
    String runId = paused();
    CapturedConsole console = console();

    assertThat(console.run("approve", runId)).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(server.requests())
        .hasSize(2)
        .allSatisfy(request -> {
          assertThat(request.body().path("model").asText()).isEqualTo("qwen3:8b");
          assertThat(request.headers()).doesNotContainKey("authorization");
        });
  }

  @Test
  void aWordForAModelKeepsTheRolesKey() throws Exception {
    script(touch("made"), ScriptedModel.text("Done."));
    Files.writeString(
        Files.createDirectories(directory.resolve("home")).resolve("models.yaml"),
        "aliases: {fast: 'openai:gpt-5-mini'}\n");
    Files.writeString(
        role,
        Files.readString(role)
            .replace("provider: openai", "api_key_env: TEAM_KEY")
            .replace("name: gpt-5-mini", "name: fast"));
    environment.remove("OPENAI_API_KEY");
    environment.put("TEAM_KEY", "the-key-of-the-team");
    String runId = paused();
    CapturedConsole console = console();

    assertThat(console.run("approve", runId)).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(server.requests())
        .hasSize(2)
        .allSatisfy(request -> {
          assertThat(request.body().path("model").asText()).isEqualTo("gpt-5-mini");
          assertThat(request.headers())
              .containsEntry("authorization", "Bearer the-key-of-the-team");
        });
  }

  @Test
  void pendingListsWhatWaitsAndTheFileIsTheOwnersAndHoldsNoKey() throws Exception {
    script(touch("made"));
    String runId = paused();

    CapturedConsole people = console();
    CapturedConsole programs = console();

    assertThat(people.run("pending")).isEqualTo(ExitCodes.OK);
    assertThat(people.stdout())
        .startsWith(runId + "  ")
        .contains("remote-agent", "  on my-build-box (backend ssh, launcher none, config_file ")
        .contains(", reached as ", "@127.0.0.1 port ", "), in " + directory.resolve("work") + "\n")
        .contains("  call-1  run_shell {\"command\":\"touch made\"}");
    assertThat(programs.run("pending", "--json")).isEqualTo(ExitCodes.OK);
    JsonNode json = new ObjectMapper().readTree(programs.stdout());
    assertThat(json.path(0).path("run_id").asText()).isEqualTo(runId);
    assertThat(json.path(0).path("prompt").asText()).isEqualTo("Go.");
    JsonNode place = json.path(0).path("place");
    assertThat(place.path("host").asText()).isEqualTo("my-build-box");
    assertThat(place.path("launcher").asText()).isEqualTo("none");
    assertThat(place.path("directory").asText()).isEqualTo(directory.resolve("work").toString());
    assertThat(json.path(0).path("tool_calls").path(0).path("tool").asText())
        .isEqualTo("run_shell");
    Path stored = directory.resolve("home/paused/" + runId + ".json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
        .isEqualTo("rw-------");
    assertThat(stored).content().doesNotContain(KEY).contains("touch made");
  }

  @Test
  void pendingSaysWhereNothingWaitsAndApproveWhatItDoesNotKnow() {
    CapturedConsole pending = console();
    CapturedConsole approve = console();

    assertThat(pending.run("pending")).isEqualTo(ExitCodes.OK);
    assertThat(pending.stdout() + pending.stderr())
        .isEqualTo("No run waits for approval, and no call.\n");
    assertThat(approve.run("approve", "../../etc/passwd")).isEqualTo(ExitCodes.FAILED);
    assertThat(approve.stderr()).contains("no run ../../etc/passwd waits", "initrunner pending");
  }

  @Test
  void aCallWithASecretIsNotWrittenToTheDisk() throws Exception {
    String secret = "ghp_" + "b".repeat(36);
    script(touch(secret));
    CapturedConsole console = console();

    assertThat(console.run("run", role.toString(), "-p", "Go.")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stderr()).contains("looks like a secret").doesNotContain(secret);
    assertThat(directory.resolve("home/paused")).doesNotExist();
  }

  @Test
  void jsonNamesTheCallsThatWait() throws Exception {
    script(touch("made"));
    CapturedConsole console = console();

    assertThat(console.run("run", role.toString(), "-p", "Go.", "--format", "json"))
        .isEqualTo(ExitCodes.PAUSED);
    JsonNode json = new ObjectMapper().readTree(console.stdout());
    assertThat(json.path("status").asText()).isEqualTo("paused");
    assertThat(json.path("success").asBoolean()).isFalse();
    assertThat(json.path("pending").toString())
        .isEqualTo(
            "[{\"id\":\"call-1\",\"tool\":\"run_shell\","
                + "\"arguments\":\"{\\\"command\\\":\\\"touch made\\\"}\"}]");
  }

  @Test
  void aReplayedRunPausesAndGoesOnToo() throws Exception {
    Path turns = directory.resolve("turns.json");
    Files.writeString(
        turns,
        "[{\"tool_calls\": [{\"name\": \"run_shell\", \"arguments\": {\"command\": \"touch made\"}}]},"
            + " {\"text\": \"Played.\"}]");
    CapturedConsole run = console();
    assertThat(run.run("run", role.toString(), "-p", "Go.", "--replay", turns.toString()))
        .isEqualTo(ExitCodes.PAUSED);

    CapturedConsole approve = console();
    assertThat(approve.run("approve", runIdIn(run.stderr()))).isEqualTo(ExitCodes.OK);
    assertThat(approve.stdout()).isEqualTo("Played.\n");
    assertThat(made("made")).isTrue();
  }

  /// The slower of two finds the run before the other decides, and decides after it.
  private CapturedConsole slowerOfTwo(String runId, Path turns, int statusOfFaster) {
    CapturedConsole slower = console();
    RunHome home = RunHome.of(slower.console().environment());
    PausedRun seen = home.pausedRuns().find(runId);
    assertThat(console().run("approve", runId)).isEqualTo(statusOfFaster);
    SequencedMap<String, Approver.Decision> answers = new LinkedHashMap<>();
    seen.calls().forEach(call -> answers.put(call.id(), Approver.Decision.YES));
    RunOrder order =
        new RunOrder(
            RoleSource.of(role, slower.console().environment()),
            seen.runId(),
            new RunOrder.Task.Continue(seen, new GivenAnswers(answers)),
            new ModelChoice.Replayed(ReplayModel.load(turns)),
            seen.setting(),
            RunOrder.Caller.COMMAND_LINE);
    assertThat(new RunAttempt(slower.console(), order, RunFormat.AUTO, home).run())
        .isEqualTo(ExitCodes.FAILED);
    return slower;
  }

  private static final String ONE_MORE =
      "{\"tool_calls\": [{\"name\": \"run_shell\","
          + " \"arguments\": {\"command\": \"sh -c 'echo x >>made'\"}}]}";

  private String pausedWith(Path turns) {
    CapturedConsole run = console();
    assertThat(run.run("run", role.toString(), "-p", "Go.", "--replay", turns.toString()))
        .isEqualTo(ExitCodes.PAUSED);
    return runIdIn(run.stderr());
  }

  @Test
  void ofTwoAnswersAtTheSameTimeTheSlowerIsToldAndLeavesNoRecord() throws Exception {
    Path turns = directory.resolve("turns.json");
    Files.writeString(turns, "[" + ONE_MORE + ", {\"text\": \"Played.\"}]");
    String runId = pausedWith(turns);

    CapturedConsole slower = slowerOfTwo(runId, turns, ExitCodes.OK);

    assertThat(slower.stderr()).contains("run " + runId + " was answered already", "has ended");
    assertThat(directory.resolve("work/made")).hasContent("x");
    CapturedConsole export = console();
    assertThat(export.run("audit", "export", "--run", runId, "--format", "jsonl"))
        .isEqualTo(ExitCodes.OK);
    assertThat(export.stdout().lines().filter(line -> line.contains("audit_log"))).hasSize(2);
  }

  @Test
  void anAnswerToCallsThatWereMadeSinceIsNoneToThoseThatWaitNow() throws Exception {
    Path turns = directory.resolve("turns.json");
    Files.writeString(turns, "[" + ONE_MORE + ", " + ONE_MORE + ", {\"text\": \"Played.\"}]");
    String runId = pausedWith(turns);

    CapturedConsole slower = slowerOfTwo(runId, turns, ExitCodes.PAUSED);

    assertThat(slower.stderr())
        .contains("run " + runId + " was answered meanwhile, and waits anew since ");
    assertThat(directory.resolve("work/made")).hasContent("x");
    assertThat(console().run("approve", runId + "-2")).isEqualTo(ExitCodes.OK);
    assertThat(directory.resolve("work/made")).hasContent("x\nx");
  }

  @Test
  void onATerminalAPersonIsAskedAboutEachCallAndSeesAllOfIt() throws Exception {
    script(
        ScriptedModel.calls(
            ScriptedModel.shellCall("a", "touch first"),
            ScriptedModel.shellCall("b", "touch second\u001b[2J")),
        ScriptedModel.text("Half."));

    String shown = onATerminal("what?\ny\nno\n", ExitCodes.OK);

    assertThat(made("first")).isTrue();
    assertThat(made("second\u001b[2J")).isFalse();
    assertThat(shown)
        .contains("? run_shell on my-build-box:", "    │ command: touch first")
        .contains("    │ command: touch second\\x1B[2J")
        .doesNotContain("\u001b");
    assertThat(shown.split("Run it\\?", -1)).hasSize(4);
  }

  @Test
  void aNoMayHaveAReasonThatTheModelGetsAndThePersonSeesNoTextForTheModel() {
    script(touch("made"), ScriptedModel.text("Then not."));

    String shown = onATerminal("n use make check\n", ExitCodes.OK);

    assertThat(made("made")).isFalse();
    assertThat(server.requests().get(1).lastMessage())
        .contains("a person was asked and said no")
        .endsWith("The person's reason: use make check");
    assertThat(shown).contains("✗ denied, nothing was run").doesNotContain("Do not ask");
  }

  @Test
  void aLongCallTakesNoMoreThanAScreenAndIsShownWholeOnRequest() {
    script(
        ScriptedModel.shell(
            "sh -c 'touch made"
                + "\n".repeat(60)
                + "? run_shell on here:\nls"
                + "x".repeat(5000)
                + "'"),
        ScriptedModel.text("Then not."));

    String shown = onATerminal("w\nn\n", ExitCodes.OK);

    List<String> lines = shown.lines().toList();
    int first = lines.indexOf("? run_shell on my-build-box:");
    int last = lines.indexOf("  (n and some words: no, and the model is told these words)");
    assertThat(last - first).isLessThan(TerminalSize.USUAL.rows() - 1);
    assertThat(lines.subList(first, last))
        .allMatch(line -> line.length() < TerminalSize.USUAL.columns())
        .contains("    │ sh -c 'touch made", "    │ (59 empty lines)")
        .anyMatch(line -> line.matches("  … \\d+ lines \\(\\d+ characters\\) are between; w .*"))
        .filteredOn(line -> line.startsWith("?"))
        .hasSize(1);
    assertThat(shown.chars().filter(c -> c == 'x').count()).isGreaterThan(5000);
  }

  @Test
  void anAnswerIsShownAndRecordedAlsoWhereItsRunCannotBeNotedAsEnded() throws Exception {
    script(touch("made"), ScriptedModel.text("It is made."));
    String runId = paused();
    Path noted = directory.resolve("home/paused/." + runId + ".done.new");
    Files.createDirectories(noted.resolve("full"));

    CapturedConsole console = console();

    assertThat(console.run("approve", runId)).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout()).isEqualTo("It is made.\n");
    assertThat(console.stderr())
        .contains("cannot be kept in ", noted + ": it is a directory that is not empty");
    CapturedConsole export = console();
    assertThat(export.run("audit", "export", "--run", runId)).isEqualTo(ExitCodes.OK);
    assertThat(new ObjectMapper().readTree(export.stdout()).findValuesAsText("output"))
        .containsExactly("", "It is made.");
  }

  @Test
  void alwaysIsForExactlyThisCallInThisRun() throws Exception {
    script(touch("made"), touch("made"), touch("other"), ScriptedModel.text("Done."));

    String shown = onATerminal("a\nn\n", ExitCodes.OK);

    assertThat(shown.split("Run it\\?", -1)).hasSize(3);
    assertThat(made("made")).isTrue();
    assertThat(made("other")).isFalse();
  }

  @Test
  void theEndOfTheInputIsNoAnswerAndTheRunPauses() throws Exception {
    script(touch("made"));

    assertThat(onATerminal("", ExitCodes.PAUSED)).contains("waits for approval of:");
    assertThat(made("made")).isFalse();
  }

  private String onATerminal(String typed, int status) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console terminal =
        new Console(
            new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
            new ByteArrayOutputStream(),
            err,
            environment,
            Console.Output.OTHER,
            Console.Output.TERMINAL,
            Console.Output.TERMINAL);
    String[] arguments = {"run", role.toString(), "-p", "Go."};

    assertThat(Main.run(arguments, terminal))
        .as(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(status);
    return err.toString(StandardCharsets.UTF_8);
  }

  /// Starts a run that pauses, and returns its id.
  private String paused() {
    CapturedConsole console = console();
    assertThat(console.run("run", role.toString(), "-p", "Go."))
        .as(console.stderr())
        .isEqualTo(ExitCodes.PAUSED);
    return runIdIn(console.stderr());
  }

  private static String runIdIn(String stderr) {
    Matcher matcher = RUN_ID.matcher(stderr);
    assertThat(matcher.find()).as(stderr).isTrue();
    return matcher.group(1);
  }

  private static ScriptedModel.Reply touch(String file) {
    return ScriptedModel.shell("touch " + file);
  }

  private boolean made(String file) {
    return Files.exists(directory.resolve("work").resolve(file));
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.put("OPENAI_API_KEY", KEY);
    environment.put("OPENAI_BASE_URL", server.baseUrl().toString());
  }

  private CapturedConsole console() {
    return CapturedConsole.of(environment);
  }

  private Path writeRole(String asking) throws IOException {
    Files.createDirectories(agent().work());
    return agent().role("- {type: shell, " + asking + "}", "");
  }

  private RemoteAgent agent() {
    return new RemoteAgent(sshd, directory, directory.resolve("work"));
  }
}
