package initrunner.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

  /// Over ssh it would be a login shell.
  @Test
  void withoutAProgramThereIsNoCommand() {
    assertThatIllegalArgumentException()
        .isThrownBy(Command::of)
        .withMessage("argv is empty: a command needs a program");
  }

  /// A shell that reads `NAME=value` would run the rest of such a name.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A;touch f;B",
        "A B",
        "1A",
        "A-B",
        "A=B",
        "$A",
        "é",
        "A\nB",
        "A`id`",
        "@",
        "[",
        "`",
        "{",
        "A/",
        "A:"
      })
  void aNameThatIsNoVariablesIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("env").withEnvironment(Map.of(name, "x")))
        .withMessageContaining("does not match [A-Za-z_][A-Za-z0-9_]*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "_", "a_1", "LC_ALL", "Z", "a", "z", "AZaz_0", "A9"})
  void aNameThatIsAVariablesIsTaken(String name) {
    assertThat(Command.of("env").withEnvironment(Map.of(name, "x")).environment())
        .containsOnly(Map.entry(name, "x"));
  }

  /// Half of a surrogate pair would arrive as a question mark.
  @ParameterizedTest
  @ValueSource(chars = {'\0', '\uDC00', '\uD83D'})
  void whatNoProgramCanTakeIsRefusedWhereverItStandsAndNoValueIsRepeated(char bad) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("echo", "hunter2" + bad))
        .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("hunter2"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("env").withEnvironment(Map.of("A", "hunter2" + bad)))
        .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("hunter2"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of("pwd").withWorkingDirectory(Optional.of("/tmp" + bad)));
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(bad + "ls"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretEnvironment.of(Map.of("A", "hunter2" + bad)))
        .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("hunter2"));
    assertThat(Command.of("echo", "\uD83D\uDE00").argv()).contains("\uD83D\uDE00");
  }

  @Test
  void textThatHasNoUtf8IsNoInput() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Stdin.text("a\uDC00"))
        .withMessage("standard input holds half of a surrogate pair, which has no UTF-8");
    assertThat(Stdin.text("\uD83D\uDE00\0")).isInstanceOf(Stdin.Bytes.class);
  }

  @Test
  void limitsAreTimesThatCanPass() {
    for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Limits.timeout(none))
          .withMessage("timeout " + none + " is not greater than zero");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(Optional.empty(), Duration.ofSeconds(-1)))
        .withMessage("kill grace PT-1S is less than zero");
    assertThat(new Limits(Optional.empty(), Duration.ZERO).killGrace()).isZero();
  }

  @Test
  void whatIsChangedAfterwardsChangesNothing() {
    List<String> argv = new java.util.ArrayList<>(List.of("echo", "a"));
    Command command = new Command(argv, Map.of(), Optional.empty(), Stdin.nothing());

    argv.set(1, "b");

    assertThat(command.argv()).containsExactly("echo", "a");
  }
}
