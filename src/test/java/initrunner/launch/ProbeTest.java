package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProbeTest {

  /// A unit of systemd and a job of Slurm are named after it.
  @Test
  void eachCallIdIsUniqueAndANameThatAnyProgramTakes() {
    assertThat(Stream.generate(Probe::callId).limit(100).distinct())
        .hasSize(100)
        .allMatch(id -> id.matches("[0-9a-f]{1,16}"));
  }

  @Test
  void aMessageEndsWithTheErrorOutputOrElseTheOutput() {
    assertThat(new Probe.Answer(1, "out\n", "first\nsecond\n").because())
        .isEqualTo(": first; second");
    assertThat(new Probe.Answer(1, "out\n", " \n").because()).isEqualTo(": out");
    assertThat(new Probe.Answer(1, "", "").because()).isEmpty();
  }
}
