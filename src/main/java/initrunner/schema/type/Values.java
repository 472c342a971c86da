package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The decoded fields of one mapping, by their keys. Used by one thread.
public final class Values extends Fields {

  private final YamlValue mapping;
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, YamlValue> written = new HashMap<>();

  Values(YamlValue mapping) {
    this.mapping = mapping;
  }

  /// The whole mapping.
  public YamlValue mapping() {
    return mapping;
  }

  /// A field's value in a mapping without faults.
  @Override
  public <T> T get(Field<T> field) {
    return find(field).orElseThrow();
  }

  /// A field's value, its default if it is absent; empty if it has a fault.
  @SuppressWarnings("unchecked") // decode, useDefault and use put in a field's own type only
  public <T> Optional<T> find(Field<T> field) {
    return Optional.ofNullable((T) values.get(field.key()));
  }

  /// Whether a field has this value.
  public <T> boolean has(Field<T> field, T value) {
    return find(field).filter(value::equals).isPresent();
  }

  @Override
  public Optional<YamlValue> written(Field<?> field) {
    return Optional.ofNullable(written.get(field.key()));
  }

  <T> void decode(Field<T> field, YamlValue value, Decoding decoding) {
    written.put(field.key(), value);
    field.type().decode(value, decoding).ifPresent(decoded -> values.put(field.key(), decoded));
  }

  <T> void useDefault(Field<T> field) {
    field.fallback().ifPresent(value -> values.put(field.key(), value));
  }

  /// Gives an absent field another value than its default.
  public <T> void use(Field<T> field, T value) {
    values.put(field.key(), value);
  }
}
