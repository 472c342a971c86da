package initrunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.RunEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RunTimelineTest {

  private final RunTimeline timeline =
      new RunTimeline(text -> text, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  @Test
  void aTurnHoldsNothingOfAModelThatWasGivenUp() {
    timeline.accept(new RunEvent.TextDelta("What was given up. "));
    timeline.accept(new RunEvent.ModelFallback("it was lost", "openai:next"));
    timeline.accept(new RunEvent.TextDelta("The answer."));
    timeline.accept(new RunEvent.TurnEnded());

    assertThat(timeline.json())
        .isEqualTo(
            """
            [{"type":"model_fallback","timestamp_unix_ms":0,\
            "content_preview":"openai:next: it was lost"},\
            {"type":"model_turn","timestamp_unix_ms":0,"content_preview":"The answer."}]\
            """);
  }
}
