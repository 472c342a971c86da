package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// `run` on a real pseudo-terminal, in a process of its own, over a real sshd.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalSessionTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";

  /// Gives its arguments a terminal, and types its standard input there.
  private static final String PTY =
      "import os, pty, sys\n"
          + "sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c',"
          + " 'stty cols 120 rows 40; exec \"$@\"', 'sh'] + sys.argv[1:])))\n";

  @TempDir private Path directory;
  private ScriptedModel server = ScriptedModel.of();
  private final StringBuilder shown = new StringBuilder();
  private final StringBuilder all = new StringBuilder();

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void ctrlCStopsTheCommandOnTheHostAndTheSessionGoesOn() throws Exception {
    Path started = directory.resolve("started");
    assertThat(new ProcessBuilder("mkfifo", started.toString()).start().waitFor()).isZero();
    script(
        ScriptedModel.shell("sh -c 'echo $$ > " + started + "; exec sleep 1000'"),
        ScriptedModel.text("Still here."));
    Process session = start("xterm", "- type: shell");

    await(session, "> ");
    type(session, "Sleep.\r");
    long remote = Long.parseLong(Files.readString(started).strip());
    await(session, "Ctrl-C stops");
    type(session, CTRL_C);
    await(session, "The command was stopped.");
    assertThat(RemoteAgent.isRunning(remote)).isFalse();
    await(session, "> ");
    type(session, "half a line" + CTRL_C);
    await(session, "> ");
    type(session, "And now?\r");
    await(session, "Still here.");
    await(session, "> ");
    type(session, CTRL_D);

    assertThat(end(session)).isZero();
    assertThat(server.requests().getLast().lastMessage()).isEqualTo("And now?");
    assertThat(server.requests().getLast().body().path("messages").path(3).path("content").asText())
        .contains("cancelled", "The command was stopped.");
  }

  @Test
  void callsAreShownAsTheyGoAndNothingThatTheHostPrintsIsObeyed() throws Exception {
    script(
        ScriptedModel.shell("sh -c 'printf \"a\\033[2Jb\\342\\200\\256\\n\"; exit 3'"),
        ScriptedModel.text("All \u001b]0;title\u0007 \u200bdone."));
    Process session = start("xterm", "- type: shell");

    await(session, "> ");
    type(session, "Go with sk-012345678901234567890123.\r");
    await(session, "1 ▸ shell on my-build-box: sh -c ");
    await(session, "1 │ a\\x1B[2Jb\\u202E");
    await(session, "1 ✗ exit 3, ");
    await(session, "All \\x1B]0;title\\x07 \\u200Bdone.");
    await(session, "> ");
    type(session, "/quit\r");

    assertThat(end(session)).isZero();
    assertThat(all).doesNotContain("\u001b[2J", "\u001b]0;", "WARNING");
    Path history = directory.resolve("home/history");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
    assertThat(history).content().contains("Go with [REDACTED].").doesNotContain("sk-0123");
  }

  @Test
  void anEditIsShownAsADifferenceAndCallsAreNumberedOverAllPrompts() throws Exception {
    Files.writeString(directory.resolve("a.txt"), "one\ntwo\n");
    script(
        ScriptedModel.calls(
            new ScriptedModel.Call(
                "a",
                "edit_file",
                "{\"path\":\"a.txt\",\"old_text\":\"one\\ntwo\","
                    + "\"new_text\":\"one\\n2\\u001b[2J\"}")),
        ScriptedModel.text("Edited."),
        ScriptedModel.calls(
            new ScriptedModel.Call(
                "b", "write_file", "{\"path\":\"b.txt\",\"content\":\"new\\n\"}")),
        ScriptedModel.text("Written."));
    Process session = start("xterm", "- {type: filesystem, read_only: false}");

    await(session, "> ");
    type(session, "Edit.\r");
    await(session, " 1 ▸ edit_file on my-build-box: a.txt");
    await(session, " 1 │  one");
    await(session, "\u001b[31m 1 │ -two");
    await(session, "\u001b[32m 1 │ +2\\x1B[2J");
    await(session, " 1 ✓ ");
    await(session, "> ");
    type(session, "Write.\r");
    await(session, "\u001b[32m 2 │ +new");
    await(session, "> ");
    type(session, "/show 1\r");
    await(session, "1 ▸ edit_file");
    await(session, "-two");
    await(session, "> ");
    type(session, "/quit\r");

    assertThat(end(session)).isZero();
    assertThat(directory.resolve("a.txt")).hasContent("one\n2\u001b[2J\n");
    assertThat(all).doesNotContain("\u001b[2J", "@@", "no line end");
  }

  @Test
  void aPersonIsAskedInTheSessionAndAlwaysHoldsForAllOfIt() throws Exception {
    script(
        ScriptedModel.shell("touch made"),
        ScriptedModel.text("Once."),
        ScriptedModel.shell("touch made"),
        ScriptedModel.text("Twice."),
        ScriptedModel.shell("touch other"),
        ScriptedModel.text("Not."));
    Process session = start("dumb", "- {type: shell, approval: required}");

    await(session, "> ");
    type(session, "One\\\r");
    type(session, "more line.\r");
    await(session, "Run it? y(es), n(o), a(lways exactly this): ");
    type(session, "a\r");
    await(session, "Once.");
    type(session, "Again.\r");
    await(session, "Twice.");
    type(session, "Other.\r");
    await(session, "Run it?");
    type(session, "n\r");
    await(session, "Not.");
    type(session, CTRL_D);

    assertThat(end(session)).isZero();
    assertThat(all).doesNotContain("\u001b");
    assertThat(directory.resolve("made")).exists();
    assertThat(directory.resolve("other")).doesNotExist();
    assertThat(server.requests().getFirst().lastMessage()).isEqualTo("One\nmore line.");
  }

  /// In a session, and in one run.
  @Test
  void theToolAndTheHostOfAQuestionStandOut() throws Exception {
    for (List<String> more : List.of(List.of("-i"), List.of("-p", "Go."))) {
      script(ScriptedModel.shell("touch made"), ScriptedModel.text("Not."));
      Process run = start("xterm", "- {type: shell, approval: required}", more);
      if (more.contains("-i")) {
        await(run, "> ");
        type(run, "Go.\r");
      }
      await(run, "\u001b[1m? run_shell on my-build-box:\u001b[0m");
      await(run, "Run it?");
      type(run, "n\r");
      await(run, "Not.");
      if (more.contains("-i")) {
        type(run, CTRL_D);
      }
      assertThat(end(run)).isZero();
    }
  }

  /// A line and half a line wait in the terminal when the question appears.
  @Test
  void whatWasTypedBeforeAQuestionAnswersNothing() throws Exception {
    Path gate = directory.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    script(
        ScriptedModel.calls(
            new ScriptedModel.Call(
                "a", "run_python", "{\"code\":\"open('" + gate + "').read()\"}")),
        ScriptedModel.shell("touch made"),
        ScriptedModel.text("Not."));
    Process run =
        start(
            "dumb",
            "- type: python\n    - {type: shell, approval: required}",
            List.of("-p", "Go."));

    await(run, "python on my-build-box");
    type(run, "y\ry");
    await(run, "y\r\ny");
    Files.writeString(gate, "");
    await(run, "Run it? y(es), n(o), a(lways exactly this): ");
    type(run, "n\r");
    await(run, "denied");

    assertThat(end(run)).isZero();
    assertThat(directory.resolve("made")).doesNotExist();
  }

  /// The command continues only after its first line and its time have appeared.
  @Test
  void oneRunShowsWhatRunsAndWhatThatPrintsAsASessionDoes() throws Exception {
    Path gate = directory.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    script(
        ScriptedModel.shell("sh -c 'echo \"begun $PPID\"; cat " + gate + "; exit 3'"),
        ScriptedModel.text("# Result\n\n- `All` done.\n"));
    Process run = start("xterm", "- type: shell", List.of("-p", "Go."));

    await(run, "1 ▸ shell on my-build-box: sh -c ");
    await(run, "1 │ begun ");
    await(run, "running 1  (Ctrl-C stops)");
    Files.writeString(gate, "a\033[2Jb\n");
    await(run, "1 │ a\\x1B[2Jb");
    await(run, "1 ✗ exit 3, ");
    await(run, "\u001b[1mResult\u001b[0m\r\n\r\n• \u001b[36mAll\u001b[0m done.\r\n");

    assertThat(end(run)).isZero();
    assertThat(all).doesNotContain("\u001b[2J");
  }

  /// A line that is written over would replace typed text.
  @Test
  void nothingIsWrittenOverWhileOneRunAsks() throws Exception {
    script(ScriptedModel.shell("touch made"), ScriptedModel.text("Made."));
    Process run = start("xterm", "- {type: shell, approval: required}", List.of("-p", "Go."));

    await(run, "Run it? y(es), n(o), a(lways exactly this): ");
    // Typed text comes back unchanged, with any number of counter frames in between.
    for (int word = 0; word < 8; word++) {
      type(run, "maybe ");
      await(run, "maybe ");
      Thread.sleep(100);
    }
    type(run, "\r");
    await(run, "' is no answer; allowed is y, n, a");
    await(run, "Run it?");
    assertThat(all.substring(all.indexOf("Run it?"))).doesNotContain("waiting", "\u001b[K");
    type(run, "y\r");
    await(run, "✓ exit 0");
    await(run, "Made.");

    assertThat(end(run)).isZero();
    assertThat(directory.resolve("made")).exists();
  }

  @Test
  void aSignalEndsTheSessionWithoutAWord() throws Exception {
    script();
    Process session = start("xterm", "- type: shell");

    await(session, "> ");
    session.descendants().forEach(ProcessHandle::destroy);

    assertThat(end(session)).isEqualTo(143);
    assertThat(all).doesNotContain("Exception", "Error");
  }

  /// The login waits until the line has appeared.
  @Test
  void aLineSaysHowLongItConnectsAndIsGoneBeforeAnythingElse() throws Exception {
    script(ScriptedModel.text("Well."));
    Process run = begin("xterm", "- type: shell", slow("until [ -e open ]; do sleep 0.1; done"));

    await(run, " s  connecting to my-build-box");
    Files.createFile(directory.resolve("open"));
    await(run, "Well.");

    assertThat(end(run)).isZero();
    String last = all.substring(all.lastIndexOf("connecting"));
    assertThat(last).contains("\r\u001b[K").doesNotContain("… connecting");
    assertThat(last.indexOf("\r\u001b[K")).isLessThan(last.indexOf("Well."));
  }

  @Test
  void ctrlCWhileItConnectsTakesTheLineAway() throws Exception {
    script();
    Process run = begin("xterm", "- type: shell", slow("until [ -e open ]; do sleep 0.1; done"));

    await(run, " s  connecting to my-build-box");
    type(run, CTRL_C);
    await(run, "\r\u001b[KError: interrupted");
    Files.createFile(directory.resolve("open"));

    assertThat(end(run)).isEqualTo(130);
  }

  @Test
  void aProgramThatReadsJsonGetsNoLineOfAWait() throws Exception {
    script(ScriptedModel.text("Well."));
    List<String> words = new ArrayList<>(slow("sleep 1"));
    words.addAll(List.of("--format", "json"));
    Process run = begin("xterm", "- type: shell", words);

    assertThat(end(run)).isZero();
    assertThat(all).startsWith("{\"run_id\"").doesNotContain("connecting", "\u001b");
  }

  @Test
  void aSilentCommandOfExecIsWaitedForInALineThatItsFirstOutputEnds() throws Exception {
    Path gate = directory.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    script();
    Process exec =
        begin(
            "xterm",
            "- type: shell",
            List.of("exec", "ROLE", "--", "sh", "-c", "cat gate; sleep 1; echo end"));

    await(exec, " s  waiting for sh on my-build-box");
    Files.writeString(gate, "begun\n");

    assertThat(end(exec)).isZero();
    assertThat(all.substring(all.indexOf("begun"))).isEqualTo("begun\r\nend\r\n");
    assertThat(all.substring(0, all.indexOf("begun"))).endsWith("\r\u001b[K");
  }

  /// The words of a run over a configuration of ssh that this command delays.
  private List<String> slow(String command) throws IOException {
    slowly = "Match exec \"cd " + directory + " && " + command + "\"\n";
    return List.of("run", "ROLE", "-p", "Go.");
  }

  /// Reads until this text appears; earlier output is not searched again.
  private void await(Process session, String text) throws IOException {
    InputStream out = session.getInputStream();
    byte[] chunk = new byte[4096];
    while (shown.indexOf(text) < 0) {
      int length = out.read(chunk);
      assertThat(length).as("waiting for '%s' after:%n%s", text, all).isPositive();
      String more = new String(chunk, 0, length, StandardCharsets.ISO_8859_1);
      pending.append(more);
      take();
    }
    shown.delete(0, shown.indexOf(text) + text.length());
  }

  private String slowly = "";
  private final StringBuilder pending = new StringBuilder();

  /// UTF-8 may be cut anywhere: only whole lines and ASCII ends are decoded.
  private void take() {
    int end = pending.length();
    while (end > 0 && pending.charAt(end - 1) >= 0x80) {
      end--;
    }
    String text =
        new String(
            pending.substring(0, end).getBytes(StandardCharsets.ISO_8859_1),
            StandardCharsets.UTF_8);
    pending.delete(0, end);
    shown.append(text);
    all.append(text);
  }

  private int end(Process session) throws Exception {
    byte[] rest = session.getInputStream().readAllBytes();
    all.append(new String(rest, StandardCharsets.UTF_8));
    return session.waitFor();
  }

  private static void type(Process session, String text) throws IOException {
    session.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    session.getOutputStream().flush();
  }

  private Process start(String terminal, String tool) throws IOException {
    return start(terminal, tool, List.of("-i"));
  }

  private Process start(String terminal, String tool, List<String> how) throws IOException {
    List<String> words = new ArrayList<>(List.of("run", "ROLE"));
    words.addAll(how);
    return begin(terminal, tool, words);
  }

  /// @param words of the command line; `ROLE` stands for the role
  private Process begin(String terminal, String tool, List<String> words) throws IOException {
    Path role = new RemoteAgent(sshd, directory, directory).role(tool, "");
    if (!slowly.isEmpty()) {
      Path slow = directory.resolve("slow.config");
      Files.writeString(slow, slowly + Files.readString(sshd.configFile()));
      String configured = Files.readString(role);
      Files.writeString(role, configured.replace("" + sshd.configFile(), slow.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder("python3", "-c", PTY).redirectErrorStream(true);
    builder
        .command()
        .addAll(
            ChildJvm.initrunner(
                List.of(
                    "-Dinitrunner.terminal=true",
                    "-Dinitrunner.terminal.stdin=true",
                    "-Dinitrunner.terminal.stderr=true"),
                words.stream()
                    .map(word -> word.equals("ROLE") ? role.toString() : word)
                    .toArray(String[]::new)));
    builder.environment().putAll(server.environment());
    builder
        .environment()
        .putAll(Map.of("TERM", terminal, "INITRUNNER_HOME", directory.resolve("home").toString()));
    builder.environment().remove("NO_COLOR");
    return builder.start();
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
  }
}
