package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// The fields of a mapping, for the expression that makes its value. The expression is evaluated
/// once to collect the declarations ([Section#of]), with defaults and examples in place of values,
/// and once for each mapping that is read. So it asks for every field each time, in the order in
/// which the fields are listed. Used by one thread.
public abstract class Fields {

  /// A field's value.
  public abstract <T> T get(Field<T> field);

  /// The YAML of a field.
  public abstract Optional<YamlValue> written(Field<?> field);

  /// The value of a field that may be absent.
  public final <T> T get(String key, Type<T> type, T fallback, String description) {
    return get(Field.of(key, type, fallback, description));
  }

  /// The value of a section that may be absent, with all of its fields.
  public final <T> T get(String key, Section<T> section, String description) {
    return get(Field.of(key, section, section.defaults(), description));
  }

  /// The value of a field that is one of the constants of an enum, in lower case, and may be
  /// absent.
  public final <E extends Enum<E>> E choice(String key, E fallback, String description) {
    return get(Field.choice(key, fallback, description));
  }

  /// The value of a field that may be absent or `null`, and has no default.
  public final <T> Optional<T> optional(String key, Type<T> type, String description) {
    return get(Field.optional(key, type, description));
  }

  /// The value of a required field.
  ///
  /// @param example a valid value
  public final <T> T required(String key, Type<T> type, T example, String description) {
    return get(Field.required(key, type, example, description));
  }
}
