package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A mapping, or a text that stands for a mapping with defaults for all else.
///
/// @param text the rules of the text, and its meaning
public record Brief<T>(Parsed<T> text, Section<T> whole) implements Type<T> {

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    return switch (yaml.kind()) {
      case TEXT -> text.decode(yaml, decoding);
      case MAPPING -> whole.decode(yaml, decoding);
      case EMPTY, WHOLE, DECIMAL, FLAG, LIST -> decoding.refuseKind(yaml, allowed(), "");
    };
  }

  @Override
  public String allowed() {
    return text.allowed() + ", or " + whole.allowed();
  }
}
