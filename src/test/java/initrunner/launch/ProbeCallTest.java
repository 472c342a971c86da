package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProbeCallTest {

  /// A unit of systemd and a job of Slurm are named after it.
  @Test
  void eachHasANameOfItsOwnThatAnyProgramTakes() {
    assertThat(Stream.generate(ProbeCall::id).limit(100).distinct())
        .hasSize(100)
        .allMatch(id -> id.matches("[0-9a-f]{1,16}"));
  }
}
