package initrunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.Agent;
import initrunner.Role;
import initrunner.RunListener;
import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.RemoteAgent;
import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A person's tree goes to a real host before an agent works there, and its work comes back.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WorkspaceTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;
  private Path here;
  private Path there;
  private ScriptedModel server = ScriptedModel.of();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeTree() throws Exception {
    here = Files.createDirectory(directory.resolve("here"));
    there = directory.resolve("there");
    run("git", "init", "-q", here.toString());
    Files.writeString(here.resolve(".gitignore"), "target/\n");
    Files.writeString(here.resolve(".env"), "OTHER_KEY=a secret of this machine\n");
    Files.writeString(here.resolve("source.txt"), "one\n");
    Files.writeString(here.resolve("old.txt"), "old\n");
    Files.writeString(
        here.resolve("build.sh"),
        "mkdir -p target && tr a-z A-Z <source.txt | tee target/o >all\n");
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void theAgentEditsAndBuildsAndItsWorkComesBack() throws Exception {
    script(
        ScriptedModel.calls(
            new ScriptedModel.Call(
                "a",
                "edit_file",
                "{\"path\": \"source.txt\", \"old_text\": \"one\", \"new_text\": \"two\"}")),
        ScriptedModel.shell("sh -c 'sh build.sh && rm old.txt'"),
        ScriptedModel.text("Built."));

    CapturedConsole console = console();
    int status = console.run("run", role(""), "-p", "Go.");

    assertThat(status).as(console.stderr()).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).isEqualTo("Built.\n");
    assertThat(here.resolve("source.txt")).hasContent("two");
    assertThat(here.resolve("all")).hasContent("TWO");
    assertThat(here.resolve("old.txt")).doesNotExist();
    assertThat(here.resolve("target")).doesNotExist();
    assertThat(there.resolve("target/o")).hasContent("TWO");
    assertThat(there.resolve("role.yaml")).doesNotExist();
    assertThat(there.resolve(".env")).doesNotExist();
    assertThat(there.resolve(".git")).doesNotExist();
    assertThat(server.requests().getFirst().body().toString())
        .contains("The working directory is a copy of the person's own files; what you change");
    assertThat(transfers())
        .satisfiesExactly(
            push -> assertThat(push).contains(" direction=push root=" + there, " files=4 "),
            pull -> assertThat(pull).contains(" direction=pull ", " files=2 ", " removed=1 "));
  }

  @Test
  void whatBothSidesChangedStaysOnBothAndIsNamed() throws Exception {
    script(
        ScriptedModel.shell(
            "sh -c 'echo theirs >source.txt; echo ours >" + here.resolve("source.txt") + "'"),
        ScriptedModel.text("Done."),
        ScriptedModel.text("Done again."));
    String role = role("");

    CapturedConsole console = console();
    assertThat(console.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.FAILED);

    assertThat(console.stdout()).isEqualTo("Done.\n");
    String conflict =
        """
        Error: 1 file of the workspace differs here and on my-build-box; each side keeps its own
          source.txt: changed on both sides
        Look with: initrunner sync ROLE --dry-run; decide with --take here or --take there.
        """
            .replace("ROLE", role);
    assertThat(console.stderr()).endsWith(conflict);
    assertThat(here.resolve("source.txt")).hasContent("ours");
    assertThat(there.resolve("source.txt")).hasContent("theirs");

    CapturedConsole again = console();
    assertThat(again.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.FAILED);
    assertThat(again.stdout()).isEqualTo("Done again.\n");
    assertThat(again.stderr()).contains(conflict);
    assertThat(here.resolve("source.txt")).hasContent("ours");
    assertThat(there.resolve("source.txt")).hasContent("theirs");
  }

  @Test
  void aHostThatIsDownBeforeTheRunStartsNothing() throws Exception {
    script(ScriptedModel.text("never"));
    String role = role("");
    sshd.stop();
    try {
      CapturedConsole console = console();
      assertThat(console.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.EXEC_FAILED);
      assertThat(console.stderr())
          .contains("Error: the workspace could not be brought to " + there + " on my-build-box: ");
      assertThat(server.requests()).isEmpty();
    } finally {
      sshd.start();
    }
  }

  @Test
  void aHostThatGoesDownInTheMiddleKeepsTheWorkAndTheWayToItIsSaid() throws Exception {
    script(
        ScriptedModel.shell("sh -c 'echo new >made.txt; exec sleep 1000'"),
        ScriptedModel.text("Lost it."));
    String role = role("");
    CapturedConsole console = console();
    FutureTask<Integer> status = started(console, "run", role, "-p", "Go.");
    await(there.resolve("made.txt"));
    sshd.stop();
    try {
      assertThat(status.get()).isEqualTo(ExitCodes.FAILED);
    } finally {
      sshd.start();
    }

    assertThat(console.stdout()).isEqualTo("Lost it.\n");
    assertThat(console.stderr())
        .contains("Error: what changed in " + there + " on my-build-box has not come back: ")
        .endsWith("\nBring it back with: initrunner sync " + role + "\n");
    assertThat(here.resolve("made.txt")).doesNotExist();

    script(ScriptedModel.text("Here it is."));
    assertThat(console().run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.OK);
    assertThat(here.resolve("made.txt")).hasContent("new");
  }

  @Test
  void aRunThatIsInterruptedBringsBackWhatItDid() throws Exception {
    script(ScriptedModel.shell("sh -c 'echo new >made.txt; exec sleep 1000'"));
    CapturedConsole console = console();
    FutureTask<Integer> status = new FutureTask<>(task(console, "run", role(""), "-p", "Go."));
    Thread run = Thread.ofPlatform().start(status);
    await(there.resolve("made.txt"));

    run.interrupt();

    assertThat(status.get()).as(console.stderr()).isEqualTo(130);
    assertThat(here.resolve("made.txt")).hasContent("new");
  }

  @Test
  void aRunThatFailsBringsBackWhatItDid() throws Exception {
    script(
        ScriptedModel.shell("sh -c 'echo new >made.txt'"), ScriptedModel.status(400, "{\"a\": 1}"));

    assertThat(console().run("run", role(""), "-p", "Go.")).isEqualTo(ExitCodes.FAILED);

    assertThat(here.resolve("made.txt")).hasContent("new");
  }

  @Test
  void aPausedRunBringsBackWhatItDidAndAConflictIsNotPushedWhenItGoesOn() throws Exception {
    script(
        ScriptedModel.calls(
            new ScriptedModel.Call(
                "a", "write_file", "{\"path\": \"made.txt\", \"content\": \"theirs\\n\"}")),
        ScriptedModel.shell("sh -c 'cat old.txt source.txt >seen.txt'"),
        ScriptedModel.text("Done."));
    String role = role("").toString();
    Files.writeString(
        Path.of(role),
        Files.readString(Path.of(role)).replace("type: shell", "type: shell, approval: required"));
    CapturedConsole paused = console();
    assertThat(paused.run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.PAUSED);
    assertThat(here.resolve("made.txt")).hasContent("theirs");
    String runId = paused.stderr().replaceAll("(?s).*?Run ([0-9a-f]{12}) waits.*", "$1");
    Files.writeString(here.resolve("source.txt"), "ours");
    Files.writeString(there.resolve("source.txt"), "theirs");
    Files.writeString(here.resolve("old.txt"), "newer");

    CapturedConsole approved = console();
    assertThat(approved.run("approve", runId)).isEqualTo(ExitCodes.FAILED);

    assertThat(approved.stdout()).isEqualTo("Done.\n");
    assertThat(approved.stderr()).contains("  source.txt: changed on both sides\n");
    assertThat(here.resolve("seen.txt")).hasContent("old\ntheirs");
    assertThat(here.resolve("source.txt")).hasContent("ours");
  }

  @Test
  void aSessionPushesAtItsStartAndPullsAtItsEnd() throws Exception {
    script(
        ScriptedModel.shell("sh -c 'cat source.txt >a.txt'"),
        ScriptedModel.text("One."),
        ScriptedModel.shell("sh -c 'cat a.txt >b.txt'"),
        ScriptedModel.text("Two."));
    CapturedConsole console = CapturedConsole.withStdin("first\nsecond\n", environment);

    assertThat(console.run("run", role(""), "-i")).as(console.stderr()).isEqualTo(ExitCodes.OK);

    assertThat(here.resolve("a.txt")).hasContent("one");
    assertThat(here.resolve("b.txt")).hasContent("one");
    assertThat(transfers()).hasSize(2);
  }

  @Test
  void nothingComesBackAndNothingGoesWhereTheRoleSaysSo() throws Exception {
    script(ScriptedModel.shell("sh -c 'echo new >made.txt'"), ScriptedModel.text("Done."));
    Files.createDirectory(there);
    String role = role(", push: never, pull: never");

    assertThat(console().run("run", role, "-p", "Go.")).isEqualTo(ExitCodes.OK);

    assertThat(there.resolve("made.txt")).hasContent("new");
    assertThat(there.resolve("source.txt")).doesNotExist();
    assertThat(here.resolve("made.txt")).doesNotExist();
    assertThat(server.requests().getFirst().body().toString())
        .contains("nothing that you change in it goes back to them.");
  }

  @Test
  void namesThatTheRoleLeavesOutStayWhereTheyAre() throws Exception {
    script(ScriptedModel.shell("sh -c 'echo new >x.log'"), ScriptedModel.text("Done."));
    Files.writeString(here.resolve("y.log"), "");

    assertThat(console().run("run", role(", exclude: ['*.log']"), "-p", "Go."))
        .isEqualTo(ExitCodes.OK);

    assertThat(there.resolve("y.log")).doesNotExist();
    assertThat(here.resolve("x.log")).doesNotExist();
  }

  @Test
  void aDryRunSaysWhatWouldGoAndTransfersNothing() throws Exception {
    CapturedConsole console = console();

    assertThat(console.run("run", role(""), "-p", "Go.", "--dry-run", "--model", "openai:x"))
        .as(console.stderr())
        .isEqualTo(ExitCodes.OK);

    assertThat(console.stdout())
        .contains(
            "files    %s: 4 files would go to %s on my-build-box; what changes there comes back\n"
                .formatted(here, there));
    assertThat(there).doesNotExist();
  }

  @Test
  void aJavaProgramsAgentPushesWhenItOpensAndPullsWhenItCloses() throws Exception {
    script(ScriptedModel.shell("sh -c 'cat source.txt >made.txt'"), ScriptedModel.text("Done."));

    try (Agent agent = Agent.open(Role.load(Path.of(role("")), environment))) {
      assertThat(there.resolve("source.txt")).hasContent("one");
      assertThat(agent.run("Go.", RunListener.NONE).output()).isEqualTo("Done.");
      assertThat(here.resolve("made.txt")).doesNotExist();
    }

    assertThat(here.resolve("made.txt")).hasContent("one");
  }

  @Test
  void execTransfersNothing() throws Exception {
    Files.createDirectory(there);

    assertThat(console().run("exec", role(""), "--", "touch", "made.txt")).isEqualTo(ExitCodes.OK);

    assertThat(there.resolve("source.txt")).doesNotExist();
    assertThat(here.resolve("made.txt")).doesNotExist();
  }

  private List<String> transfers() {
    return new AuditQuery(Optional.of("sandbox.transfer"), Optional.empty(), Optional.empty(), 10)
        .run(directory.resolve("home/audit.db")).stream()
            .map(AuditQuery.Event::details)
            .toList()
            .reversed();
  }

  private static void await(Path file) throws InterruptedException {
    while (!Files.exists(file)) {
      Thread.sleep(20);
    }
  }

  private static Callable<Integer> task(CapturedConsole console, String... arguments) {
    return () -> console.run(arguments);
  }

  private static FutureTask<Integer> started(CapturedConsole console, String... arguments) {
    FutureTask<Integer> task = new FutureTask<>(task(console, arguments));
    Thread.ofPlatform().start(task);
    return task;
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.putAll(server.environment());
  }

  private CapturedConsole console() {
    return CapturedConsole.of(environment);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  /// @param more of the workspace, after its directory
  private String role(String more) throws IOException {
    String tools = "- {type: shell}\n    - {type: filesystem, read_only: false}";
    Path file = new RemoteAgent(sshd, here, there).role(tools, "");
    Files.writeString(file, Files.readString(file) + "        workspace: {local: ." + more + "}\n");
    return file.toString();
  }
}
