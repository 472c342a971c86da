package initrunner.role.model;

import java.math.BigDecimal;
import java.util.Optional;

/// The price of a model, in US dollars per million tokens. Immutable.
///
/// @param input of tokens that the model reads
/// @param output of tokens that it writes, those of its thinking included
/// @param cachedInput of tokens that it reads from the provider's cache; empty for `input`
/// @param cacheWrite of tokens that the provider puts into its cache; empty for `input`
public record ModelPrice(
    BigDecimal input,
    BigDecimal output,
    Optional<BigDecimal> cachedInput,
    Optional<BigDecimal> cacheWrite) {

  /// Whether every price is zero.
  public boolean isFree() {
    return input.signum() == 0
        && output.signum() == 0
        && cachedInput.map(BigDecimal::signum).orElse(0) == 0
        && cacheWrite.map(BigDecimal::signum).orElse(0) == 0;
  }
}
