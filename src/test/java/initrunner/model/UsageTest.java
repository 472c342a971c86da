package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageTest {

  private static Usage usage(int of, Optional<BigDecimal> dollars) {
    return new Usage(of, 10L * of, 100L * of, 1000L * of, dollars);
  }

  @Test
  void theTokensOfTwoTurnsAreAddedEachToItsKind() {
    Optional<BigDecimal> cost = Optional.of(new BigDecimal("0.5"));
    Usage both = usage(2, cost).plus(usage(3, cost));

    assertThat(both).isEqualTo(usage(5, Optional.of(new BigDecimal("1.0"))));
    assertThat(both.total()).isEqualTo(55);
  }

  @Test
  void aTurnWhoseCostIsNotKnownMakesTheCostOfAllUnknown() {
    Usage known = usage(1, Optional.of(BigDecimal.ONE));
    Usage unknown = usage(1, Optional.empty());

    assertThat(known.plus(unknown).dollars()).isEmpty();
    assertThat(unknown.plus(known).dollars()).isEmpty();
    assertThat(Usage.NONE.plus(known)).isEqualTo(known);
  }
}
