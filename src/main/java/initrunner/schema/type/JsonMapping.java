package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A mapping whose keys only its receiver knows, with the values of JSON but null. Texts may name
/// variables.
///
/// @param reserved keys that are refused
public record JsonMapping(List<String> reserved) implements Type<Map<String, Object>> {

  private static final Text TEXT = Text.any().expanding();

  public JsonMapping {
    reserved = List.copyOf(reserved);
  }

  @Override
  public Optional<Map<String, Object>> decode(YamlValue yaml, Decoding decoding) {
    if (yaml.kind() != YamlKind.MAPPING) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    int faultsBefore = decoding.faultCount();
    Map<String, Object> values = mapping(yaml, decoding);
    reserved.stream()
        .flatMap(key -> yaml.child(key).stream())
        .forEach(entry ->
            decoding.fault(
                entry, "is set by another field or by InitRunner itself; remove it here"));
    return decoding.faultCount() == faultsBefore ? Optional.of(values) : Optional.empty();
  }

  @Override
  public String allowed() {
    return "a mapping of names to values";
  }

  private static Map<String, Object> mapping(YamlValue yaml, Decoding decoding) {
    Map<String, Object> values = new LinkedHashMap<>();
    yaml.entries(decoding)
        .forEach((key, entry) -> value(entry, decoding).ifPresent(value -> values.put(key, value)));
    return values;
  }

  private static Optional<Object> value(YamlValue yaml, Decoding decoding) {
    return switch (yaml.kind()) {
      case TEXT -> TEXT.decode(yaml, decoding).map(Object.class::cast);
      case FLAG -> Optional.of(yaml.raw().equalsIgnoreCase("true"));
      case WHOLE, DECIMAL -> number(yaml, decoding);
      case MAPPING -> Optional.of(mapping(yaml, decoding));
      case LIST -> {
        List<Object> items = new ArrayList<>();
        yaml.items().forEach(item -> value(item, decoding).ifPresent(items::add));
        yield Optional.of(items);
      }
      case EMPTY ->
          decoding.refuseKind(yaml, "text, a number, true or false, a list or a mapping", "");
    };
  }

  private static Optional<Object> number(YamlValue yaml, Decoding decoding) {
    Optional<Object> whole = Whole.parse(yaml.raw()).map(Object.class::cast);
    if (whole.isPresent()) {
      return whole;
    }
    try {
      return Optional.of(new BigDecimal(yaml.raw()));
    } catch (NumberFormatException notOfJson) {
      return decoding.refuse(yaml, "is no number of JSON", "a number with digits", "");
    }
  }
}
