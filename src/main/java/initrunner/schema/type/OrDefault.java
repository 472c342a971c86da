package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A value, or `null` for its default.
public record OrDefault<T>(Type<T> type, T fallback) implements Type<T> {

  @Override
  public Optional<T> decode(YamlValue spot, Decoding decoding) {
    return spot.kind() == YamlKind.EMPTY ? Optional.of(fallback) : type.decode(spot, decoding);
  }

  @Override
  public String allowed() {
    return type.allowed();
  }
}
