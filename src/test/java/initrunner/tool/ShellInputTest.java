package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShellInputTest {

  private static final List<String> AWKWARD =
      List.of("", "a b", "it's", "'", "\\", "\\n", "\\0101", "a\nb", "$HOME", "`ls`", "é", "%b");

  private static byte[] stdin(Command command) {
    return ((Stdin.Bytes) command.stdin()).content();
  }

  private static String run(Command command, byte[] stdin) throws Exception {
    ProcessBuilder shell = new ProcessBuilder(command.argv()).redirectErrorStream(true);
    shell.environment().put("LC_ALL", "C");
    Process process = shell.start();
    try (var input = process.getOutputStream()) {
      input.write(stdin);
    }
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return printed + process.waitFor();
  }

  @Test
  void theScriptFindsItsArgumentsVariablesAndContentByteForByte() throws Exception {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("FIRST", "it's \\n\n$HOME");
    variables.put("SECOND", "é");
    Command command =
        new ShellInput("printf '<%s>' \"$@\" \"$FIRST\" \"$SECOND\"; cat\n")
            .arguments(AWKWARD)
            .exports(variables)
            .content("the rest\\n\n")
            .command(Optional.empty());
    assertThat(run(command, stdin(command)))
        .isEqualTo("<" + String.join("><", AWKWARD) + "><it's \\n\n$HOME><é>the rest\\n\n0");
  }

  @Test
  void nothingOfItStandsInTheProcessList() {
    Command command =
        new ShellInput("cat\n")
            .arguments(List.of("secret"))
            .exports(Map.of("NAME", "secret"))
            .content("secret")
            .command(Optional.of("/srv"));
    assertThat(command.argv()).noneMatch(word -> word.contains("secret"));
    assertThat(command.environment()).isEmpty();
    assertThat(command.workingDirectory()).hasValue("/srv");
  }

  /// Another shell that reads the input as a script exits at its first line.
  @Test
  void nothingIsDoneWhereSomeOfTheInputIsMissingOrOther() throws Exception {
    Command command =
        new ShellInput("echo ran\n").arguments(List.of("a")).content("x").command(Optional.empty());
    byte[] whole = stdin(command);
    assertThat(run(command, whole)).isEqualTo("ran\n0");
    String text = new String(whole, StandardCharsets.UTF_8);
    int second = text.indexOf('\n') + 1;
    for (String broken : List.of("", text.substring(second), text.replace("'a'", "'ab'"))) {
      assertThat(run(command, broken.getBytes(StandardCharsets.UTF_8)))
          .as(broken)
          .doesNotContain("ran\n")
          .endsWith("65");
    }
    assertThat(text).startsWith("exit 65 # ");
  }

  @Test
  void otherArgumentsOrAnotherContentHaveAnotherNonce() {
    List<String> nonces =
        List.of(nonce("a", "x"), nonce("b", "x"), nonce("a", "y"), nonce("ax", ""));
    assertThat(nonces).doesNotHaveDuplicates().allMatch(nonce -> nonce.matches("[0-9a-f]{32}"));
    assertThat(nonce("a", "x")).isEqualTo(nonces.getFirst());
  }

  private static String nonce(String argument, String content) {
    Command command =
        new ShellInput("cat\n")
            .arguments(List.of(argument))
            .content(content)
            .command(Optional.empty());
    String first =
        new String(stdin(command), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    List<String> words = Arrays.asList(first.split(" "));
    assertThat(words.get(3)).isEqualTo(command.argv().getLast());
    return words.get(3);
  }
}
