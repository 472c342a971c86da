package initrunner.cli.ask;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.ChildJvm;
import initrunner.ssh.AskingServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `exec` of a role whose login asks, on a real pseudo-terminal.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoginTerminalTest {

  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String CTRL_Z = "\u001a";

  private static final String PASSWORD = "Correct-Horse";
  private static final String CODE = "424242";

  /// Gives a shell with these arguments a terminal, and types its standard input there. The shell
  /// goes on when the terminal's keys end the command, and shows what the terminal is like.
  private static final String PTY =
      """
      import os, pty, sys
      sys.exit(os.waitstatus_to_exitcode(pty.spawn(['bash', '-c',
        'set -m; stty cols 400; trap : INT; "$@"; echo status=$?;'
        ' [ -z "$(jobs)" ] || { stty -a; echo stopped; read -r; fg; echo status=$?; }; stty -a',
        'bash'] + sys.argv[1:])))
      """;

  @TempDir private Path directory;
  private final StringBuilder shown = new StringBuilder();
  private int read;

  private AskingServer server(String... prompts) throws IOException {
    return new AskingServer(directory, "", List.of(prompts), List.of(PASSWORD, CODE));
  }

  private Process start(AskingServer server) throws IOException {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: asks}
            spec:
              role: You help.
              model: {provider: openai, name: none}
              security:
                sandbox:
                  backend: ssh
                  ssh: {host: asking, config_file: %s, login: ask}
            """
                .formatted(server.configFile()));
    ProcessBuilder builder = new ProcessBuilder("python3", "-c", PTY).redirectErrorStream(true);
    builder
        .command()
        .addAll(ChildJvm.initrunner(List.of(), "exec", role.toString(), "--", "echo", "it", "ran"));
    builder.environment().put("INITRUNNER_HOME", directory.resolve("home").toString());
    return builder.start();
  }

  /// Reads until this text appears behind what was awaited before.
  private void await(Process process, String text) throws IOException {
    InputStream out = process.getInputStream();
    byte[] chunk = new byte[4096];
    while (shown.indexOf(text, read) < 0) {
      int length = out.read(chunk);
      assertThat(length).as("waiting for '%s' after:%n%s", text, shown).isPositive();
      shown.append(new String(chunk, 0, length, StandardCharsets.ISO_8859_1));
    }
    read = shown.indexOf(text, read) + text.length();
  }

  private static void type(Process process, String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  @Test
  void whatIsTypedIsNeitherShownNorRecorded() throws Exception {
    try (AskingServer server = server("Password: ", "Verification code: ")) {
      Process exec = start(server);
      await(exec, "initrunner: the login to 'asking' asks:");
      await(exec, "(person@127.0.0.1) Password: ");
      type(exec, "wrong\u0015" + PASSWORD + "\r");
      await(exec, "(person@127.0.0.1) Verification code: ");
      type(exec, CODE + "\r");
      await(exec, "it ran");
      await(exec, "status=0");
      await(exec, " echo ");
    }
    assertThat(shown).doesNotContain(PASSWORD, CODE, "wrong");
    byte[] recorded = Files.readAllBytes(directory.resolve("home/audit.db"));
    assertThat(new String(recorded, StandardCharsets.ISO_8859_1))
        .contains("sandbox.login", "asked=secret answer=given")
        .doesNotContain(PASSWORD, CODE, "Verification");
  }

  @Test
  void ctrlCEndsTheCommandAndSendsNoAnswer() throws Exception {
    try (AskingServer server = server("Password: ", "Verification code: ")) {
      Process exec = start(server);
      await(exec, "Password: ");
      type(exec, "half" + CTRL_C);
      await(exec, "status=130");
      await(exec, " echo ");
      assertThat(server.answers()).isEmpty();
    }
  }

  @Test
  void ctrlDGivesNoAnswer() throws Exception {
    try (AskingServer server = server("Password: ", "Verification code: ")) {
      Process exec = start(server);
      await(exec, "Password: ");
      type(exec, CTRL_D);
      await(exec, "no answer was given to the question of the login to 'asking'");
      await(exec, "status=125");
      assertThat(server.answers()).isEmpty();
    }
  }

  @Test
  void aStoppedQuestionIsAskedAgainWithoutAnEcho() throws Exception {
    try (AskingServer server = server("Password: ", "Verification code: ")) {
      Process exec = start(server);
      await(exec, "Password: ");
      type(exec, "Correct" + CTRL_Z);
      await(exec, " echo ");
      await(exec, "stopped");
      type(exec, "\r");
      await(exec, "(person@127.0.0.1) Password: ");
      type(exec, "-Horse\r");
      await(exec, "code: ");
      type(exec, CODE + "\r");
      await(exec, "it ran");
      await(exec, "status=0");
    }
    assertThat(shown).doesNotContain("Horse", CODE);
  }

  @Test
  void theTerminalObeysNothingInAQuestion() throws Exception {
    String hostile = "a\u001b[2Jb\u001b]0;title\u0007" + "x".repeat(5000) + "\r\nline\n".repeat(50);
    try (AskingServer server = server(hostile + "Password: ", "Verification code: ")) {
      Process exec = start(server);
      await(exec, "lines more above");
      await(exec, "Password: ");
      type(exec, PASSWORD + "\r");
      await(exec, "code: ");
      type(exec, CODE + "\r");
      await(exec, "status=");
    }
    assertThat(shown).doesNotContain("\u001b[2J", "\u001b]0;", "x".repeat(600));
  }
}
