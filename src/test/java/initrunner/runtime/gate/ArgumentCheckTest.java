package initrunner.runtime.gate;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import initrunner.tool.CallBounds;
import initrunner.tool.CallPermissions;
import initrunner.tool.ShellTool;
import initrunner.tool.Tool;
import initrunner.tool.files.FileTool;
import initrunner.tool.git.GitTool;
import initrunner.tool.policy.CommandPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ArgumentCheckTest {

  private static final Tool SHELL =
      new ShellTool(
          new CommandPolicy(List.of(), List.of()),
          new CallBounds(Limits.unbounded(), 100, Optional.empty()));

  @Test
  void argumentsAsDeclaredPass() {
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", "ls"))).isEmpty();
  }

  @Test
  void aMissingArgumentIsNamed() {
    assertThat(ArgumentCheck.fault(SHELL, Map.of()))
        .hasValue("Error: arguments of run_shell: 'command' is missing (a string).");
  }

  @Test
  void anArgumentOfAnotherTypeIsNamedWithoutItsValue() {
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", List.of("hunter2"))))
        .hasValue("Error: arguments of run_shell: 'command' must be a string.");
  }

  @Test
  void aFractionIsNoWholeNumber() {
    CallBounds bounds = new CallBounds(Limits.unbounded(), 100, Optional.empty());
    Tool read = new FileTool(FileTool.Function.READ, List.of(), List.of(), bounds);
    assertThat(ArgumentCheck.fault(read, Map.of("path", "a", "first_line", 2.0))).isEmpty();
    assertThat(ArgumentCheck.fault(read, Map.of("path", "a", "first_line", 2.5)))
        .hasValue("Error: arguments of read_file: 'first_line' must be a whole number.");
  }

  @Test
  void anArgumentThatNoProgramCanBeGivenIsNamed() {
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", "ls \ud800")))
        .hasValue("Error: arguments of run_shell: 'command' holds half of a surrogate pair.");
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", "ls \ud83d\ude00"))).isEmpty();
  }

  @Test
  void whatIsLongerThanAnyProgramTakesIsRefused() {
    CallBounds bounds = new CallBounds(Limits.unbounded(), 100, Optional.empty());
    Tool read = new FileTool(FileTool.Function.READ, List.of(), List.of(), bounds);
    Tool show = new GitTool(GitTool.Function.SHOW, List.of(), bounds);
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", "env ".repeat(40_000))))
        .hasValue("Error: arguments of run_shell: 'command' has more than 131072 characters.");
    for (Tool tool : List.of(read, show)) {
      assertThat(ArgumentCheck.fault(tool, Map.of("path", "a/".repeat(60_000))))
          .hasValue(
              "Error: arguments of " + tool.name() + ": 'path' has more than 4096 characters.");
      assertThat(ArgumentCheck.fault(tool, Map.of("path", "a/".repeat(2048)))).isEmpty();
    }
    assertThat(ArgumentCheck.fault(show, Map.of("revision", "x".repeat(5000)))).isPresent();
    Map<String, Object> many = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      many.put("argument" + i, "x");
    }
    assertThat(ArgumentCheck.fault(SHELL, many).orElse("").length()).isLessThan(100);
  }

  /// Each of thousands of directories is compared with the rest of the path.
  @Test
  @Timeout(20)
  void theLongestPathIsComparedWithRulesQuickly() {
    CallBounds bounds = new CallBounds(Limits.unbounded(), 100, Optional.of("~/work"));
    Tool read = new FileTool(FileTool.Function.READ, List.of(), List.of("*a*b*c*d"), bounds);
    CallPermissions permissions =
        new CallPermissions(
            CallPermissions.Default.ALLOW,
            List.of(),
            List.of(new CallPermissions.Rule(Optional.empty(), "*a*b*a*b*c")));
    for (String path : List.of("/" + "a/".repeat(2000), "../".repeat(1300), "a/../".repeat(800))) {
      assertThat(permissions.judge(read, Map.of("path", path)))
          .isEqualTo(new CallPermissions.Verdict.Allowed());
    }
  }

  @Test
  void allFaultsAreToldAtOnceWithTheNearestName() {
    assertThat(ArgumentCheck.fault(SHELL, Map.of("comand", "ls")))
        .hasValue(
            "Error: arguments of run_shell: 'command' is missing (a string); 'comand' is not known"
                + " (did you mean 'command'?).");
  }

  @Test
  void anUnknownToolIsAnsweredWithTheNearestName() {
    assertThat(ArgumentCheck.unknownTool("run_shel", List.of(SHELL)))
        .isEqualTo(
            "Error: there is no tool 'run_shel' (did you mean 'run_shell'?). The tools are:"
                + " run_shell.");
    assertThat(ArgumentCheck.unknownTool("browse", List.of(SHELL)))
        .isEqualTo("Error: there is no tool 'browse'. The tools are: run_shell.");
    assertThat(ArgumentCheck.unknownTool("x", List.of()))
        .isEqualTo("Error: there is no tool 'x'. This agent has no tools.");
  }
}
