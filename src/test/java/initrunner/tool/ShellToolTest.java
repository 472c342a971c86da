package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.tool.policy.CommandPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShellToolTest {

  private static final Limits LIMITS = Limits.timeout(Duration.ofSeconds(30));

  private static ShellTool tool(CommandPolicy policy) {
    return new ShellTool(policy, new CallBounds(LIMITS, 4096, Optional.of("/srv")));
  }

  private final ShellTool tool = tool(new CommandPolicy(List.of(), List.of("rm")));

  @Test
  void aCommandIsPlannedAsItsWords() {
    assertThat(tool.plan(Map.of("command", "git commit -m 'two words' $HOME")))
        .isEqualTo(
            new Plan.Run(
                new Command(
                    List.of("git", "commit", "-m", "two words", "$HOME"),
                    Map.of(),
                    Optional.of("/srv"),
                    Stdin.nothing()),
                LIMITS,
                4096));
  }

  @Test
  void whatThePolicyRefusesIsNotPlanned() {
    assertThat(tool.plan(Map.of("command", "/bin/rm x")))
        .isEqualTo(new Plan.Refused("/bin/rm", "Error: command 'rm' is blocked."));
  }

  @Test
  void aMissingCommandIsRefused() {
    assertThat(tool.plan(Map.of()))
        .isEqualTo(
            new Plan.Refused("", "Error: run_shell needs the argument 'command', a string."));
    assertThat(tool.plan(Map.of("command", 7))).isInstanceOf(Plan.Refused.class);
  }

  @Test
  void theModelIsToldWhatTheToolDoesNotDo() {
    assertThat(tool.name()).isEqualTo("run_shell");
    assertThat(tool.type()).isEqualTo("shell");
    assertThat(tool.parameters()).extracting(Tool.Parameter::name).containsExactly("command");
    assertThat(tool.description()).contains("no shell runs", "$HOME", "sh -c");
    assertThat(tool(new CommandPolicy(List.of("make", "git"), List.of())).description())
        .contains("Only these programs may run: git, make.")
        .doesNotContain("sh -c");
  }
}
