package initrunner.schema.describe;

import initrunner.schema.type.Brief;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Counted;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Flag;
import initrunner.schema.type.JsonMapping;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.OrNull;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.ScalarType;
import initrunner.schema.type.Section;
import initrunner.schema.type.Spelled;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Variants;
import initrunner.schema.type.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The defaults of fields as JSON values. A section's own fields have theirs, so it needs none.
final class SchemaDefaults {

  private SchemaDefaults() {}

  /// Empty where a schema need not say it.
  static Optional<Object> of(Type<?> type, Object value) {
    return switch (type) {
      case Text _, Parsed<?> _, Whole _, Decimal _, Flag _ -> Optional.of(value);
      case ScalarType<?> _ -> Optional.of(value.toString());
      case Choice<?> choice -> word(choice, value);
      case OrNull<?> some ->
          value instanceof Optional<?> maybe
              ? maybe.flatMap(present -> of(some.type(), present))
              : Optional.empty();
      case ListOf<?> list -> value instanceof List<?> items ? list(list, items) : Optional.empty();
      case MapOf<?> _, JsonMapping _ -> Optional.of(Map.of());
      case Counted _, Section<?> _, Brief<?> _, Variants<?> _, Spelled<?> _ -> Optional.empty();
    };
  }

  private static Optional<Object> word(Choice<?> choice, Object value) {
    return choice.values().entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .map(entry -> (Object) entry.getKey())
        .findFirst();
  }

  private static Optional<Object> list(ListOf<?> type, List<?> items) {
    List<Object> all = new ArrayList<>();
    items.forEach(item -> of(type.item(), item).ifPresent(all::add));
    return Optional.of(all);
  }
}
