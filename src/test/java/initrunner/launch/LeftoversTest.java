package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LeftoversTest {

  private final List<List<String>> asked = new ArrayList<>();

  private Probe.Answer answer(Command command) {
    asked.add(command.argv());
    return command.argv().getFirst().equals("list")
        ? new Probe.Answer(0, "gone\nrunning\ngone\nother\n", "")
        : new Probe.Answer(1, "", "no such call\n");
  }

  @Test
  void eachCallWhoseOwnerIsGoneIsEndedOnceAlsoWhereAnotherDidNotEnd() {
    end(names -> names.stream().map(name -> Command.of("end", name)).toList());
    assertThat(asked)
        .containsExactly(List.of("list"), List.of("end", "gone"), List.of("end", "other"));
  }

  @Test
  void oneCommandMayEndAll() {
    end(names -> List.of(Command.of("end").withArgv(names)));
    assertThat(asked).containsExactly(List.of("list"), List.of("gone", "other"));
  }

  private void end(Function<List<String>, List<Command>> end) {
    Leftovers.end(
        "calls",
        Command.of("list"),
        line -> line.equals("running") ? Optional.empty() : Optional.of(line),
        end,
        (command, _) -> answer(command));
  }

  @Test
  void eachCommandHasTheTimeThatTheOthersLeft() {
    List<Duration> bounds = new ArrayList<>();
    Leftovers.endWithin(
        Duration.ofHours(1),
        List.of(Command.of("end", "a"), Command.of("end", "b"), Command.of("end", "c")),
        (command, bound) -> {
          bounds.add(bound);
          awaitTick();
          return answer(command);
        });
    assertThat(bounds).hasSize(3).doesNotHaveDuplicates();
    assertThat(bounds).isSortedAccordingTo(Comparator.reverseOrder());
  }

  @Test
  void onceTheTimeIsUpNothingMoreIsAsked() {
    Leftovers.endWithin(
        Duration.ZERO, List.of(Command.of("end", "a")), (command, _) -> answer(command));
    assertThat(asked).isEmpty();
  }

  private static void awaitTick() {
    long begin = System.nanoTime();
    while (System.nanoTime() == begin) {
      Thread.onSpinWait();
    }
  }
}
