package initrunner.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.story.Outcome;
import initrunner.audit.story.RunStory;
import initrunner.audit.story.RunSummary;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageRunTest {

  @Test
  void aPauseIsToldAsOneWithTheCallThatWaits() {
    Outcome paused =
        new Outcome(Outcome.Kind.PAUSED, "paused: waits for approval of run_shell (call_2_0)");
    RunSummary summary =
        new RunSummary(
            "aaaa",
            Instant.EPOCH,
            new RunSummary.Asker("run", Optional.empty()),
            "agent",
            List.of(),
            paused,
            new RunSummary.Calls(0, 0, 0),
            new RunSummary.Spent(Optional.empty(), 0, 0, Optional.of(BigDecimal.ONE)),
            Duration.ZERO);

    PageRun run =
        PageRun.of(
            new RunStory(
                summary, List.of(new RunStory.Ended(Instant.EPOCH, paused, "I build first.")), 0));

    assertThat(run.story().split("\u001f"))
        .containsExactly("0", "paused", "waits for approval of run_shell (call_2_0)");
  }
}
