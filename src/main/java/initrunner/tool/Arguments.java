package initrunner.tool;

import java.util.Map;
import java.util.Optional;

/// A model's arguments by name and type. Immutable.
public record Arguments(Map<String, Object> all) {

  public Optional<String> text(String name) {
    return all.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  public Optional<Long> number(String name) {
    return all.get(name) instanceof Number number
        ? Optional.of(number.longValue())
        : Optional.empty();
  }
}
