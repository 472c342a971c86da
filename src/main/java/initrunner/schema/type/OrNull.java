package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A value, or `null` for none.
public record OrNull<T>(Type<T> type) implements Type<Optional<T>> {

  @Override
  public Optional<Optional<T>> decode(YamlValue spot, Decoding decoding) {
    if (spot.kind() == YamlKind.EMPTY) {
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
