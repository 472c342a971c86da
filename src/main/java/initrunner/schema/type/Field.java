package initrunner.schema.type;

import java.util.Optional;

/// The declaration of one key of a mapping: everything that is known about it, once.
///
/// @param fallback its value when the key is absent; empty where it is required
/// @param description what it is for, in one sentence
/// @param example a value that would be right, as it is written in YAML; blank for none
public record Field<T>(
    String key, Type<T> type, Optional<T> fallback, String description, String example) {

  public static <T> Field<T> required(
      String key, Type<T> type, String description, String example) {
    return new Field<>(key, type, Optional.empty(), description, example);
  }

  public static <T> Field<T> optional(String key, Type<T> type, T fallback, String description) {
    String example =
        fallback instanceof Number || fallback instanceof Boolean ? fallback.toString() : "";
    return new Field<>(key, type, Optional.of(fallback), description, example);
  }

  public static <T> Field<Optional<T>> nullable(String key, Type<T> type, String description) {
    return new Field<>(key, new OrNull<>(type), Optional.of(Optional.empty()), description, "");
  }

  public Field<T> withExample(String better) {
    return new Field<>(key, type, fallback, description, better);
  }
}
