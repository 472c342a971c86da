package initrunner.model;

import java.math.BigDecimal;
import java.util.Optional;

/// Tokens that a model counted, and what they cost.
///
/// @param tokensIn of all that was sent to it
/// @param tokensOut of all that it answered, what it thought included
/// @param cacheReads those of `tokensIn` that the provider had in its cache
/// @param cacheWrites those of `tokensIn` that the provider put into its cache
/// @param dollars empty where that is not known: the model has no price, or its server did not say
///   how many tokens there were
public record Usage(
    long tokensIn,
    long tokensOut,
    long cacheReads,
    long cacheWrites,
    Optional<BigDecimal> dollars) {

  /// Of a run in which no model was asked.
  public static final Usage NONE = new Usage(0, 0, 0, 0, Optional.of(BigDecimal.ZERO));

  /// Of a turn of which the server says nothing.
  public static final Usage UNKNOWN = new Usage(0, 0);

  /// One of a model without a cache and a price.
  public Usage(long tokensIn, long tokensOut) {
    this(tokensIn, tokensOut, 0, 0, Optional.empty());
  }

  public long total() {
    return tokensIn + tokensOut;
  }

  /// Both together; what is not known of one is not known of both.
  public Usage plus(Usage other) {
    return new Usage(
        tokensIn + other.tokensIn,
        tokensOut + other.tokensOut,
        cacheReads + other.cacheReads,
        cacheWrites + other.cacheWrites,
        dollars.flatMap(mine -> other.dollars.map(mine::add)));
  }

  /// The same tokens at another cost.
  public Usage costing(BigDecimal cost) {
    return new Usage(tokensIn, tokensOut, cacheReads, cacheWrites, Optional.of(cost));
  }
}
