package initrunner.agent;

/// Tokens that a model counted.
///
/// @param tokensIn of all that was sent to it
/// @param tokensOut of all that it answered
public record Usage(long tokensIn, long tokensOut) {

  public static final Usage NONE = new Usage(0, 0);

  public long total() {
    return tokensIn + tokensOut;
  }

  public Usage plus(Usage other) {
    return new Usage(tokensIn + other.tokensIn, tokensOut + other.tokensOut);
  }
}
