package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A whole number, or a mapping that holds it.
public record Counted(Whole alone, Section<Integer> within) implements Type<Integer> {

  @Override
  public Optional<Integer> decode(YamlValue spot, Decoding decoding) {
    return spot.kind() == YamlKind.MAPPING
        ? within.decode(spot, decoding)
        : alone.decode(spot, decoding);
  }

  @Override
  public String allowed() {
    return alone.allowed();
  }
}
