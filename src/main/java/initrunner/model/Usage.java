package initrunner.model;

import java.math.BigDecimal;
import java.util.Optional;

/// Tokens that a model counted, and what they cost.
///
/// @param tokensIn of the requests
/// @param tokensOut of the answers, the model's thinking included
/// @param cacheReads those of `tokensIn` that the provider read from its cache
/// @param cacheWrites those of `tokensIn` that the provider wrote to its cache
/// @param dollars empty where it is unknown: the model has no price, or its server did not count
///   the tokens
public record Usage(
    long tokensIn,
    long tokensOut,
    long cacheReads,
    long cacheWrites,
    Optional<BigDecimal> dollars) {

  /// The usage of a run that asked no model.
  public static final Usage NONE = new Usage(0, 0, 0, 0, Optional.of(BigDecimal.ZERO));

  /// The usage of a turn without the server's count.
  public static final Usage UNKNOWN = new Usage(0, 0);

  /// The usage of a model without a cache and without a price.
  public Usage(long tokensIn, long tokensOut) {
    this(tokensIn, tokensOut, 0, 0, Optional.empty());
  }

  public long total() {
    return tokensIn + tokensOut;
  }

  /// The sum; the cost is unknown if one of the two is.
  public Usage plus(Usage other) {
    return new Usage(
        tokensIn + other.tokensIn,
        tokensOut + other.tokensOut,
        cacheReads + other.cacheReads,
        cacheWrites + other.cacheWrites,
        dollars.flatMap(mine -> other.dollars.map(mine::add)));
  }

  /// The same tokens with this cost.
  public Usage costing(BigDecimal cost) {
    return new Usage(tokensIn, tokensOut, cacheReads, cacheWrites, Optional.of(cost));
  }
}
