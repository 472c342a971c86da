package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    Leftovers.end(
        "calls",
        Command.of("list"),
        line -> line.equals("running") ? Optional.empty() : Optional.of(Command.of("end", line)),
        (command, _) -> answer(command));
    assertThat(asked)
        .containsExactly(List.of("list"), List.of("end", "gone"), List.of("end", "other"));
  }
}
