package initrunner.role;

import java.util.Optional;

/// A value, or `null` for none.
record OrNull<T>(Type<T> type) implements Type<Optional<T>> {

  @Override
  public Optional<Optional<T>> decode(Spot spot, Decoding decoding) {
    if (spot.kind() == Kind.EMPTY) {
      return Optional.of(Optional.empty());
    }
    Optional<T> value = type.decode(spot, decoding);
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  @Override
  public String allowed() {
    return type.allowed();
  }
}
