package initrunner.role;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The decoded fields of one mapping, by their keys.
final class Values {

  private final Spot mapping;
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, Spot> written = new HashMap<>();

  Values(Spot mapping) {
    this.mapping = mapping;
  }

  /// The whole mapping.
  Spot mapping() {
    return mapping;
  }

  /// A field's value in a mapping without faults.
  <T> T get(Field<T> field) {
    return find(field).orElseThrow();
  }

  /// A field's value, its default where it was not written; empty where it has a fault.
  @SuppressWarnings("unchecked") // decode and useDefault put in a field's own type only
  <T> Optional<T> find(Field<T> field) {
    return Optional.ofNullable((T) values.get(field.key()));
  }

  /// Where the field was written.
  Optional<Spot> written(Field<?> field) {
    return Optional.ofNullable(written.get(field.key()));
  }

  <T> void decode(Field<T> field, Spot spot, Decoding decoding) {
    written.put(field.key(), spot);
    field.type().decode(spot, decoding).ifPresent(value -> values.put(field.key(), value));
  }

  <T> void useDefault(Field<T> field) {
    field.fallback().ifPresent(value -> values.put(field.key(), value));
  }

  /// Has a field that is not written have another value than its default.
  <T> void use(Field<T> field, T value) {
    values.put(field.key(), value);
  }
}
