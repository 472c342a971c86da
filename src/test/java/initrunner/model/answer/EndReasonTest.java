package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndReasonTest {

  @Test
  void theGraverOfTwoReasonsCountsAndOfEqualsTheLaterOne() {
    EndReason stop = EndReason.of("stop");
    EndReason length = EndReason.of("MAX_TOKENS");
    EndReason error = EndReason.of(" oops ");

    assertThat(stop.and(length)).isSameAs(length);
    assertThat(length.and(stop)).isSameAs(length);
    assertThat(error.and(length).word()).isEqualTo("oops");
    EndReason later = EndReason.of("end_turn");
    assertThat(stop.and(later)).isSameAs(later);
  }
}
