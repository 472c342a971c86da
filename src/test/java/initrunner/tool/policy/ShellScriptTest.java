package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellScriptTest {

  private static String found(String script) {
    return ShellScript.commands(script).orElseThrow().stream()
        .map(words -> String.join(" ", words))
        .collect(Collectors.joining(" / "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "->",
      quoteCharacter = '^',
      textBlock =
          """
          ls -l 'a; b'              -> ls -l a; b
          a && b; c                 -> a / b / c
          A=1 B+=2 make x           -> make x
          if ! a; then b; else c; fi -> a / b / c / fi
          echo "$(rm x)"; id        -> echo $ / rm x / id
          echo "`rm x`" "a; b"      -> echo / rm x /  a; b
          (cd x && rm y)            -> cd x / rm y
          sh -c 'rm x; id'          -> sh -c rm x; id / rm x / id
          echo a\\; b               -> echo a; b
          echo 'open                -> echo open
          """)
  void theCommandsOfAScriptAreFound(String script, String commands) {
    assertThat(found(script).replaceAll(" +", " ")).isEqualTo(commands.replaceAll(" +", " "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# don't\nrm x # it's gone",
        "echo \"`date` it's; no\"; rm x; echo \"b\"",
        "echo \"$( (a); b) it's; no\"; rm x",
        "bash -e -c 'rm x' >log 2>&1",
        "cat >f <<EOF\nIt's\nEOF\nrm x\necho \"it's\"",
        "cat >f <<- 'a.b'\nIt's\n\ta.b\nrm x\n# it's"
      })
  void noCommentSubstitutionOrHereDocumentHidesACommand(String script) {
    assertThat(ShellScript.commands(script).orElseThrow()).contains(List.of("rm", "x"));
  }

  @Test
  void aScriptOfTooManyCommandsIsNotJudged() {
    assertThat(ShellScript.commands("true;".repeat(2000))).isEmpty();
    assertThat(ShellScript.commands("sh -c '" + "true;".repeat(2000) + "'")).isEmpty();
  }

  @Test
  void onlyAShellWithOneTextHasAScript() {
    assertThat(ShellScript.in(List.of("/bin/bash", "-lc", "ls"))).hasValue("ls");
    assertThat(ShellScript.in(List.of("sh", "-c", "ls"))).hasValue("ls");
    assertThat(ShellScript.in(List.of("sh", "-c", "ls", "name"))).isEmpty();
    assertThat(ShellScript.in(List.of("sh", "-x", "ls"))).isEmpty();
    assertThat(ShellScript.in(List.of("python3", "-c", "ls"))).isEmpty();
  }
}
