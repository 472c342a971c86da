package initrunner.role;

import java.util.Optional;

/// A value, or `null` for its default.
record OrDefault<T>(Type<T> type, T fallback) implements Type<T> {

  @Override
  public Optional<T> decode(Spot spot, Decoding decoding) {
    return spot.kind() == Kind.EMPTY ? Optional.of(fallback) : type.decode(spot, decoding);
  }

  @Override
  public String allowed() {
    return type.allowed();
  }
}
