package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A whole number, or a mapping that holds it.
public record Counted(Whole alone, Section<Integer> within) implements Type<Integer> {

  @Override
  public Optional<Integer> decode(YamlValue yaml, Decoding decoding) {
    return yaml.kind() == YamlKind.MAPPING
        ? within.decode(yaml, decoding)
        : alone.decode(yaml, decoding);
  }

  @Override
  public String allowed() {
    return alone.allowed();
  }
}
