package initrunner.cli.look;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.CapturedConsole;
import initrunner.exec.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `tail -f` as a process, beside others that record calls.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TailFollowTest {

  /// Gives its arguments a terminal, types Ctrl-C there when a call is shown, and says how the
  /// terminal was before and is afterwards.
  private static final String TERMINAL =
      """
      import os, pty, sys
      pid, fd = pty.fork()
      if pid == 0:
          os.execvp('sh', ['sh', '-c', 'trap : INT; stty cols 200 rows 40; stty -g; "$@"; echo "ended $?"; stty -g', 'sh'] + sys.argv[1:])
      shown = b''
      typed = False
      while True:
          try:
              part = os.read(fd, 4096)
          except OSError:
              break
          if not part:
              break
          shown += part
          if not typed and b'call-of-a-process' in shown:
              typed = True
              os.write(fd, b'\\x03')
      os.waitpid(pid, 0)
      os.write(1, shown)
      """;

  @TempDir private Path home;
  private Map<String, String> environment = Map.of();

  @BeforeEach
  void writeRole() throws IOException {
    environment = Map.of("INITRUNNER_HOME", home.toString(), "PATH", System.getenv("PATH"));
    Files.writeString(
        home.resolve("role.yaml"), "name: here\nprompt: x\nsecurity: {sandbox: {backend: none}}\n");
  }

  private void record(String program) {
    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run("exec", home.resolve("role.yaml").toString(), "--", "sh", "-c", program))
        .as(() -> console.stderr())
        .isZero();
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(home.resolve("err").toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static void interrupt(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void callsOfOtherProcessesAreShownAsTheyHappenUntilTheInterrupt() throws Exception {
    record("exit 0");
    List<String> tail = new ArrayList<>(List.of("env", "--default-signal=INT"));
    tail.addAll(ChildJvm.initrunner(List.of(), "tail", "-f", "--json"));
    Process follower = start(tail);
    try (BufferedReader lines = follower.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).contains("\"exit 0\"");
      Process other =
          start(
              ChildJvm.initrunner(
                  List.of(),
                  "exec",
                  home.resolve("role.yaml").toString(),
                  "--",
                  "printf",
                  "other"));
      assertThat(other.waitFor()).isZero();
      assertThat(until(lines, "\"printf\"", "\"exit 0\"")).contains("\"door\":\"exec\"");

      interrupt(follower);
      assertThat(follower.waitFor()).isEqualTo(130);
      assertThat(home.resolve("err")).hasContent("");
    }
  }

  /// The first line that has all of these.
  private static String until(BufferedReader lines, String... parts) throws IOException {
    while (true) {
      String line = lines.readLine();
      assertThat(line).as("a line with %s", List.of(parts)).isNotNull();
      if (List.of(parts).stream().allMatch(line::contains)) {
        return line;
      }
    }
  }

  @Test
  void ctrlCOnATerminalEndsItAndLeavesTheTerminalAsItWas() throws Exception {
    record("exit 0");
    Path program = Files.writeString(home.resolve("call-of-a-process"), "#!/bin/sh\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    List<String> words = new ArrayList<>(List.of("python3", "-c", TERMINAL));
    words.addAll(ChildJvm.initrunner(List.of("-Dinitrunner.terminal=true"), "tail", "-f"));
    CapturedConsole console = CapturedConsole.of(environment);
    assertThat(console.run("exec", home.resolve("role.yaml").toString(), "--", program.toString()))
        .as(() -> console.stderr())
        .isZero();

    Process terminal = start(words);
    String shown = new String(terminal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    List<String> lines = shown.lines().toList();
    assertThat(shown).contains("ended 130\r\n");
    assertThat(lines.getFirst()).as(shown).isEqualTo(lines.getLast());
    assertThat(shown).doesNotContain("\u001b[?25l", "\u001b[?1049h", "Exception", "Error");
  }
}
