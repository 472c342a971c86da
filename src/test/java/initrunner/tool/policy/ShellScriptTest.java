package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShellScriptTest {

  private static List<String> commands(String script) {
    return ShellScript.commands(script).orElseThrow().stream()
        .map(words -> String.join(" ", words))
        .toList();
  }

  @Test
  void anApostropheInACommentHidesNoCommand() {
    assertThat(commands("# don't\nrm x # it's gone\nls")).containsExactly("rm x", "ls");
  }

  @Test
  void quotesGoOnBehindASubstitution() {
    assertThat(commands("echo \"`date` it's; no\"; rm x; echo \"b\"")).contains("date", "rm x");
    assertThat(commands("echo \"$( (a); b) it's; no\"; rm x")).contains("a", "b", "rm x");
  }

  @Test
  void theScriptOfAShellIsFoundBeforeItsRedirections() {
    assertThat(commands("bash -e -c 'rm x' >log 2>&1")).contains("rm x");
  }

  @Test
  void moreThanAThousandCommandsAreTooMany() {
    assertThat(ShellScript.commands("ls;".repeat(1001))).isEqualTo(Optional.empty());
  }
}
