package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A list whose items all have one type.
public record ListOf<T>(Type<T> item) implements Type<List<T>> {

  @Override
  public Optional<List<T>> decode(YamlValue yaml, Decoding decoding) {
    if (yaml.kind() != YamlKind.LIST) {
      String next =
          yaml.kind().isScalar() ? "write it as a list, in [ ]" : "begin each item with - ";
      return decoding.refuseKind(yaml, allowed(), next);
    }
    List<T> items = new ArrayList<>();
    List<YamlValue> written = yaml.items();
    for (YamlValue each : written) {
      item.decode(each, decoding).ifPresent(items::add);
    }
    return items.size() == written.size() ? Optional.of(items) : Optional.empty();
  }

  @Override
  public String allowed() {
    return "a list";
  }
}
