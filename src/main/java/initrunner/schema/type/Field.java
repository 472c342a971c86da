package initrunner.schema.type;

import java.util.Optional;

/// The declaration of one key of a mapping. Immutable.
///
/// @param fallback its value if the key is absent; empty if the key is required
/// @param sample the fallback, or a valid value of a required field
/// @param description what it is for, in one sentence
/// @param example the sample in YAML; blank for none
public record Field<T>(
    String key, Type<T> type, Optional<T> fallback, T sample, String description, String example) {

  /// A required field.
  public static <T> Field<T> required(String key, Type<T> type, T example, String description) {
    String shown = example instanceof String text ? text : number(example);
    return new Field<>(key, type, Optional.empty(), example, description, shown);
  }

  /// A field that may be absent.
  public static <T> Field<T> of(String key, Type<T> type, T fallback, String description) {
    return new Field<>(key, type, Optional.of(fallback), fallback, description, number(fallback));
  }

  /// A field that may be absent, with the constants of an enum in lower case.
  public static <E extends Enum<E>> Field<E> choice(String key, E fallback, String description) {
    E[] constants = fallback.getDeclaringClass().getEnumConstants();
    return of(key, Choice.of(constants), fallback, description);
  }

  /// A field that may be absent or `null`, and has no default.
  public static <T> Field<Optional<T>> optional(String key, Type<T> type, String description) {
    return of(key, new OrNull<>(type), Optional.empty(), description);
  }

  /// The same with another example.
  public Field<T> withExample(String better) {
    return new Field<>(key, type, fallback, sample, description, better);
  }

  private static String number(Object value) {
    return value instanceof Number || value instanceof Boolean ? value.toString() : "";
  }
}
