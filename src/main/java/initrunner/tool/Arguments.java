package initrunner.tool;

import java.util.Map;
import java.util.Optional;

/// A model's arguments by name and type. Immutable.
public record Arguments(Map<String, Object> all) {

  public Optional<String> text(String name) {
    return all.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /// Whether a truth value is given and true.
  public boolean isSet(String name) {
    return Boolean.TRUE.equals(all.get(name));
  }

  public Optional<Long> number(String name) {
    return all.get(name) instanceof Number number
        ? Optional.of(number.longValue())
        : Optional.empty();
  }
}
