package initrunner.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import initrunner.text.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// `init` in a process of its own, over a real sshd, whose alias is in `~/.ssh/config`.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InitOnAHostTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final String CTRL_C = "\u0003";

  /// Gives its arguments a terminal, and types its standard input there.
  private static final String PTY =
      "import os, pty, sys\n"
          + "sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c',"
          + " 'stty cols 80 rows 40; exec \"$@\"', 'sh'] + sys.argv[1:])))\n";

  @TempDir private Path directory;
  private Path work;
  private final StringBuilder all = new StringBuilder();
  private int read;

  @BeforeEach
  void writeClient() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    Path configuration = Files.createDirectory(directory.resolve(".ssh")).resolve("config");
    Files.writeString(
        configuration,
        Files.readString(sshd.configFile())
            + "\nHost old-box\n  HostName 127.0.0.1\n  Port 1\nHost build-*\n  User me\n");
    Path ssh = Files.createDirectory(directory.resolve("bin")).resolve("ssh");
    Files.writeString(
        ssh,
        "#!/bin/sh\nexec "
            + realSsh()
            + " -F "
            + ShellWord.quote(configuration.toString())
            + " \"$@\"\n");
    Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void theRoleThatItWritesWorksWithoutAnEdit() throws Exception {
    assertThat(run("init", "helper", "--host", "my-build-box", "--yes")).isZero();
    assertThat(all).contains("Wrote helper/role.yaml", "initrunner exec helper/role.yaml -- uname");

    assertThat(run("exec", "helper", "--", "printenv", "SSH_CONNECTION")).isZero();
    assertThat(all).matches("127[.]0[.]0[.]1 [0-9]+ 127[.]0[.]0[.]1 " + sshd.port() + "\n");
    assertThat(run("run", "helper", "-p", "Go.", "--dry-run")).isZero();
    assertThat(all).contains("runs on  my-build-box, which can be reached");
  }

  @Test
  void aHostThatIsNotReachedIsSaidWithTheNextStepAndTheRoleIsWritten() throws Exception {
    assertThat(
            run(
                "init",
                "--host",
                "old-box",
                "--directory",
                "~",
                "--tools",
                "shell",
                "--ask",
                "changes",
                "--model",
                "openai:gpt-5-mini"))
        .isEqualTo(1);
    assertThat(all)
        .contains(
            "Error: commands cannot run there yet: ssh probe to 'old-box' returned rc=255",
            "Check that sshd runs on that host and that the port is right: ssh -G old-box",
            "Next:\n" + "  export OPENAI_API_KEY=YOUR_KEY",
            "\n  initrunner doctor role.yaml   # says when commands can run there\n")
        .doesNotContain("initrunner exec", "initrunner run");
    assertThat(work.resolve("role.yaml")).exists();
    assertThat(run("doctor", "role.yaml")).isEqualTo(1);
  }

  @Test
  void fiveQuestionsAreAskedAndEachAnswerIsLookedAt() throws Exception {
    Process init = start(pty("init", "helper"), "xterm");

    await(init, "1  my-build-box", "2  old-box", "3  this-machine", "[1]: ");
    type(init, "2\r");
    await(init, "Connecting to old-box", "✗ ssh probe to 'old-box'", "Connection refused", "[t]: ");
    type(init, "o\r");
    await(init, "[1]: ");
    type(init, "my-\t\r");
    await(init, "Connecting to my-build-box", "✓ ", "2/5", "[~]: ");
    type(init, "/no/such\r");
    await(init, "✗ commands cannot start in '/no/such' on my-build-box", "[t]: ");
    type(init, "o\r");
    await(init, "[~]: ");
    type(init, work + "\r");
    await(init, "✓ ", "3/5", "filesystem", "]: ");
    type(init, "shell,gti\r");
    await(init, "'gti' is no answer; did you mean git?", "]: ");
    type(init, "shell, git\r");
    await(init, "4/5", "2  everything", "[1]: ");
    type(init, "2\r");
    await(init, "5/5", "1  anthropic:claude-sonnet-4-5  ANTHROPIC_API_KEY is set", "[1]: ");
    type(init, "\r");
    await(init, "Wrote helper/role.yaml", "Next:");

    assertThat(end(init)).isZero();
    assertThat(all).doesNotContain("sk-secret", "build-*");
    assertThat(work.resolve("helper/role.yaml"))
        .content()
        .contains(
            "    provider: anthropic\n    name: claude-sonnet-4-5\n",
            "- type: shell ",
            "- type: git ",
            "approval: required",
            "        host: my-build-box\n",
            "        remote_cwd: " + work + "\n")
        .doesNotContain("type: python", "approval: changes\n");
  }

  @Test
  void ctrlCWritesNothing() throws Exception {
    Process init = start(pty("init", "helper"));

    await(init, "[1]: ");
    type(init, "my-build-box\r");
    await(init, "[~]: ");
    type(init, "half" + CTRL_C);

    assertThat(end(init)).isEqualTo(130);
    assertThat(all).contains("Nothing was written.").doesNotContain("Exception", "Error");
    assertThat(work).isEmptyDirectory();
  }

  private int run(String... words) throws Exception {
    all.setLength(0);
    return end(start(ChildJvm.initrunner(List.of(), words)));
  }

  private static List<String> pty(String... words) {
    List<String> command = new ArrayList<>(List.of("python3", "-c", PTY));
    command.addAll(
        ChildJvm.initrunner(
            List.of(
                "-Dinitrunner.terminal=true",
                "-Dinitrunner.terminal.stdin=true",
                "-Dinitrunner.terminal.stderr=true"),
            words));
    return command;
  }

  private Process start(List<String> command) throws IOException {
    return start(command, "dumb");
  }

  private Process start(List<String> command, String terminal) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.endsWith("_API_KEY"));
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                directory.toString(),
                "PATH",
                directory.resolve("bin") + ":" + System.getenv("PATH"),
                "INITRUNNER_HOME",
                directory.resolve("home").toString(),
                "OLLAMA_BASE_URL",
                "http://127.0.0.1:9",
                "ANTHROPIC_API_KEY",
                "sk-secret",
                "NO_COLOR",
                "1",
                "TERM",
                terminal));
    return builder.start();
  }

  /// Reads until these texts appear, one behind the other.
  private void await(Process process, String... texts) throws IOException {
    for (String text : texts) {
      int at = all.indexOf(text, read);
      while (at < 0) {
        byte[] chunk = new byte[4096];
        int length = process.getInputStream().read(chunk);
        assertThat(length).as("waiting for '%s' after:%n%s", text, all).isPositive();
        pending.append(new String(chunk, 0, length, StandardCharsets.ISO_8859_1));
        take();
        at = all.indexOf(text, read);
      }
      read = at + text.length();
    }
  }

  private final StringBuilder pending = new StringBuilder();

  /// UTF-8 may be cut anywhere: only up to an ASCII end it is decoded.
  private void take() {
    int end = pending.length();
    while (end > 0 && pending.charAt(end - 1) >= 0x80) {
      end--;
    }
    byte[] bytes = pending.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
    all.append(new String(bytes, StandardCharsets.UTF_8));
    pending.delete(0, end);
  }

  private int end(Process process) throws Exception {
    try (InputStream rest = process.getInputStream()) {
      pending.append(new String(rest.readAllBytes(), StandardCharsets.ISO_8859_1));
    }
    take();
    return process.waitFor();
  }

  private static void type(Process process, String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  private static Path realSsh() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(entry -> Path.of(entry, "ssh"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
