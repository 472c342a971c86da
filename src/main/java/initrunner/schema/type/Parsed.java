package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.Optional;
import java.util.function.Function;

/// Text that stands for a value of another kind, if it passes the rules.
///
/// @param parse of a text that has passed the rules; never fails
public record Parsed<T>(Text text, Function<String, T> parse) implements Type<T> {

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    return text.decode(yaml, decoding).map(parse);
  }

  @Override
  public String allowed() {
    return text.allowed();
  }
}
