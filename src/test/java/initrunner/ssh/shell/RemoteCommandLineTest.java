package initrunner.ssh.shell;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteCommandLineTest {

  private static String render(String... argv) {
    return RemoteCommandLine.render(Command.of(argv));
  }

  private static String renderIn(String directory, String... argv) {
    return RemoteCommandLine.render(Command.of(argv).withWorkingDirectory(Optional.of(directory)));
  }

  private static String renderWith(String name, String value, String... argv) {
    return RemoteCommandLine.render(Command.of(argv).withEnvironment(Map.of(name, value)));
  }

  @Test
  void plainWordsStayAsTheyAre() {
    assertThat(render("ls", "-la")).isEqualTo("ls -la");
  }

  @Test
  void wordsThatAShellWouldReadOtherwiseAreQuoted() {
    assertThat(render("echo", "hello world", "$HOME")).isEqualTo("echo 'hello world' '$HOME'");
  }

  @Test
  void theDirectoryStandsInFront() {
    assertThat(renderIn("/srv/work", "ls")).isEqualTo("cd /srv/work && ls");
  }

  @Test
  void aDirectoryWithASpaceIsQuoted() {
    assertThat(renderIn("/srv/my work", "ls")).isEqualTo("cd '/srv/my work' && ls");
  }

  @Test
  void withoutADirectoryThereIsNoCd() {
    assertThat(render("ls")).isEqualTo("ls");
  }

  @Test
  void aVariableStandsBehindEnv() {
    assertThat(renderWith("FOO", "bar", "printenv", "FOO")).isEqualTo("env FOO=bar printenv FOO");
  }

  @Test
  void aVariablesValueIsQuoted() {
    assertThat(renderWith("MSG", "hello world", "printenv", "MSG"))
        .isEqualTo("env MSG='hello world' printenv MSG");
  }

  @Test
  void directoryVariablesAndArgumentsComeInThisOrder() {
    Command command =
        Command.of("python", "-c", "print(1)")
            .withWorkingDirectory(Optional.of("/srv"))
            .withEnvironment(Map.of("PYTHONPATH", "/opt/lib"));
    assertThat(RemoteCommandLine.render(command))
        .isEqualTo("cd /srv && env PYTHONPATH=/opt/lib python -c 'print(1)'");
  }

  @Test
  void withoutAVariableThereIsNoEnv() {
    assertThat(render("printenv")).isEqualTo("printenv");
  }

  @Test
  void anEmptyWordIsAPairOfQuotes() {
    assertThat(render("printf", "", "x")).isEqualTo("printf '' x");
    assertThat(renderWith("EMPTY", "", "env")).isEqualTo("env EMPTY='' env");
  }

  @Test
  void aSingleQuoteIsQuotedByDoubleQuotes() {
    assertThat(render("echo", "it's")).isEqualTo("echo 'it'\"'\"'s'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ", "\t", "\n", "*", "?", "[a]", "{a,b}", "~", "#x", "!x", "a;b", "a&b", "é", "^", "<",
        ">", "|", "(", ")", "`x`", "\\", "\"", "$x", "=ls"
      })
  void whatIsSpecialToSomeShellIsQuoted(String word) {
    assertThat(RemoteCommandLine.quote(word)).isEqualTo("'" + word + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A1", "a_b@c%d+e=f:g,h.i/j-k", "--flag=value", "-", ":", "a=="})
  void whatIsSpecialToNoShellIsNot(String word) {
    assertThat(RemoteCommandLine.quote(word)).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "~, ~",
    "~/, ~/",
    "~/work, ~/work",
    "~/my work, ~/'my work'",
    "~/$x, ~/'$x'",
    "~someone/x, '''./~someone/x'''",
    "-, ./-",
    "-P, ./-P",
    "build/out, ./build/out",
    "., .",
    "../x, ../x",
    "/, /",
  })
  void aDirectoryIsNeitherAnOptionNorAHistoryNorSearchedFor(String directory, String word) {
    assertThat(renderIn(directory, "pwd")).isEqualTo("cd " + word + " && pwd");
  }

  /// `env` would take it for one more variable, and run the next word.
  @Test
  void aProgramWithAnEqualsSignIsNotTakenForAVariable() {
    assertThat(renderWith("A", "1", "x=y", "rm"))
        .isEqualTo("env A=1 sh -c 'exec \"$0\" \"$@\"' x=y rm");
  }
}
