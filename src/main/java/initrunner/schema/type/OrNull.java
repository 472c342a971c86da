package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A value, or `null` for none.
public record OrNull<T>(Type<T> type) implements Type<Optional<T>> {

  @Override
  public Optional<Optional<T>> decode(YamlValue yaml, Decoding decoding) {
    if (yaml.kind() == YamlKind.EMPTY) {
      return Optional.of(Optional.empty());
    }
    Optional<T> value = type.decode(yaml, decoding);
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  @Override
  public String allowed() {
    return type.allowed();
  }
}
