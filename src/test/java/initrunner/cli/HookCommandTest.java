package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HookCommandTest {

  private static final String BASH =
      "{\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ls\"}}";

  @TempDir private Path directory;

  private static CapturedConsole run(int status, String input, String... arguments) {
    CapturedConsole console = CapturedConsole.withStdin(input, Map.of());
    assertThat(console.run(arguments)).isEqualTo(status);
    return console;
  }

  @Test
  void theAnswerIsOneLineOfJson() {
    CapturedConsole console = run(ExitCodes.OK, BASH, "hook", "claude-code", "--server", "box");
    assertThat(console.stdout()).contains("\"deny\"", "mcp__box__run_shell").hasLineCount(1);
    assertThat(console.stderr()).isEmpty();
  }

  @Test
  void aToolThatPassesHasNoAnswer() {
    CapturedConsole console =
        run(ExitCodes.OK, BASH.replace("Bash", "Skill"), "hook", "claude-code", "--allow", "Skill");
    assertThat(console.stdout()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"hook_event_name\":\"Stop\"}"})
  void aCallThatCannotBeJudgedHasTheStatusThatDenies(String input) {
    CapturedConsole console = run(2, input, "hook", "claude-code");
    assertThat(console.stdout()).isEmpty();
    assertThat(console.stderr()).startsWith("initrunner: this call is not made: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          hook                                            | the client is missing; allowed is claude-code
          hook cursor                                     | the client is 'cursor'; allowed is claude-code
          hook claude-code role.yaml                      | a role, --host and --cwd are for --bash-on-host
          hook claude-code --host box                     | a role, --host and --cwd are for --bash-on-host
          hook claude-code --bash-on-host                 | --bash-on-host needs either a role or a --host
          hook claude-code r.yaml --bash-on-host --host b | --bash-on-host needs either a role or a --host
          hook claude-code --bash-on-host --host -oX=y    | --host is '-oX=y'; allowed is an alias
          hook claude-code --bash-on-host missing.yaml    | there is no role file
          hook claude-code --server a/b                   | --server is 'a/b'; allowed are letters
          hook claude-code a b                            | 'b' is one word too many
          hook claude-code --nonsense                     | there is no option '--nonsense'
          """)
  void aWrongCommandLineDenies(String line, String message) {
    CapturedConsole console = run(2, BASH, line.split(" ", -1));
    assertThat(console.stderr()).startsWith("initrunner: " + message);
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void withoutTheStartScriptBashCannotRunOnTheHost() throws Exception {
    Path role = Files.writeString(directory.resolve("role.yaml"), "");
    CapturedConsole console =
        run(2, BASH, "hook", "claude-code", "--bash-on-host", role.toString());
    assertThat(console.stderr()).contains("not started by the initrunner script");
  }

  @Test
  void anAnswerThatCannotBeWrittenDenies() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Console console =
        new Console(
            new ByteArrayInputStream(BASH.getBytes(StandardCharsets.UTF_8)),
            broken,
            new ByteArrayOutputStream(),
            Map.of(),
            Console.Output.OTHER);
    assertThat(Main.run(new String[] {"hook", "claude-code"}, console)).isEqualTo(2);
  }

  @Test
  void aCallThatCannotBeReadDenies() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }
        };
    Console console =
        new Console(
            broken,
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            Map.of(),
            Console.Output.OTHER);
    assertThat(Main.run(new String[] {"hook", "claude-code"}, console)).isEqualTo(2);
  }
}
