package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import initrunner.tool.CommandPolicy;
import initrunner.tool.ShellTool;
import initrunner.tool.Tool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentCheckTest {

  private static final Tool SHELL =
      new ShellTool(
          new CommandPolicy(List.of(), List.of()), Limits.unbounded(), Optional.empty(), 100);

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
  void anArgumentThatNoProgramCanBeGivenIsNamed() {
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", "ls \ud800")))
        .hasValue("Error: arguments of run_shell: 'command' holds half of a surrogate pair.");
    assertThat(ArgumentCheck.fault(SHELL, Map.of("command", "ls \ud83d\ude00"))).isEmpty();
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
