package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Locale;
import java.util.Optional;

/// `true` or `false`.
public record Flag() implements Type<Boolean> {

  @Override
  public Optional<Boolean> decode(YamlValue yaml, Decoding decoding) {
    String raw = yaml.raw().toLowerCase(Locale.ROOT);
    if (yaml.kind() == YamlKind.FLAG && (raw.equals("true") || raw.equals("false"))) {
      return Optional.of(raw.equals("true"));
    }
    String next =
        switch (raw) {
          case "true" -> "write true, without quotes";
          case "false" -> "write false, without quotes";
          case "yes", "on", "1" -> "write true";
          case "no", "off", "0" -> "write false";
          default -> "";
        };
    return decoding.refuseKind(yaml, allowed(), next);
  }

  @Override
  public String allowed() {
    return "true or false";
  }
}
