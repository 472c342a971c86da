package initrunner.door.hook;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.door.jsonrpc.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostShellTest {

  private static final HostShell BOX =
      new HostShell(
          List.of("/opt/my tools/initrunner", "exec", "--host", "box", "--"),
          "on box",
          StandardCharsets.UTF_8);

  private static Verdict replace(Json.Obj input) {
    return BOX.replace(input);
  }

  @Test
  void theCommandBecomesOneWordForBashOnTheHost() {
    Verdict verdict =
        replace(
            Json.Obj.EMPTY
                .with("command", "echo 'a b' | wc -l")
                .with("timeout", 5000)
                .with("run_in_background", true));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Replace.class,
            replaced ->
                assertThat(replaced.input())
                    .isEqualTo(
                        Json.Obj.EMPTY
                            .with(
                                "command",
                                "'/opt/my tools/initrunner' exec --host box -- bash -c"
                                    + " 'echo '\\''a b'\\'' | wc -l'")
                            .with("timeout", 5000)
                            .with("run_in_background", true)));
  }

  @Test
  void inAnotherLocaleACommandThatNeedsUtf8SaysSo() {
    HostShell ascii = new HostShell(List.of("exec"), "box", StandardCharsets.US_ASCII);
    assertThat(ascii.line("ls")).isEqualTo("exec bash -c ls");
    assertThat(ascii.line("ls é")).isEqualTo("LC_ALL=C.UTF-8 exec bash -c 'ls é'");
  }

  @Test
  void whatNoShellCanBeGivenIsDenied() {
    for (String command : List.of("echo \0", "echo \uD83D", "x".repeat(32 * 1024 + 1))) {
      assertThat(replace(Json.Obj.EMPTY.with("command", command))).isInstanceOf(Verdict.Deny.class);
    }
  }

  /// The shells that Claude Code may use, and those that a hook's command may meet.
  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "dash", "ksh", "busybox sh"})
  void eachShellReadsEveryCommandBackByteForByte(String shell, @TempDir Path directory)
      throws Exception {
    List<String> commands =
        new ArrayList<>(List.of("", "'", "''", "=ls", "!x", "~", "a\\\nb", "\r"));
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      commands.add(command(random));
    }
    HostShell echo =
        new HostShell(List.of("/usr/bin/printf", "%s\\0"), "here", StandardCharsets.UTF_8);
    Path script =
        Files.writeString(
            directory.resolve("script"),
            commands.stream().map(echo::line).collect(Collectors.joining("\n", "", "\n")));

    List<String> words = new ArrayList<>(List.of(shell.split(" ", -1)));
    words.add(script.toString());
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    byte[] read = process.getInputStream().readAllBytes();

    assertThat(process.waitFor()).isZero();
    assertThat(read)
        .isEqualTo(
            commands.stream()
                .map(each -> "bash\0-c\0" + each + "\0")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
  }

  private static String command(Random random) {
    String alphabet = "'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\rab-1\u0001\u007Fé\u202E\uFEFF\uFFFF";
    StringBuilder command = new StringBuilder();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      if (random.nextInt(15) == 0) {
        command.appendCodePoint(0x1F600 + random.nextInt(40));
      } else {
        command.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
    }
    return command.toString();
  }
}
