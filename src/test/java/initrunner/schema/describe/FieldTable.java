package initrunner.schema.describe;

import initrunner.schema.type.Brief;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Counted;
import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.OrNull;
import initrunner.schema.type.Section;
import initrunner.schema.type.Spelled;
import initrunner.schema.type.Type;
import initrunner.schema.type.Variants;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Fields as a table of Markdown. Used by one thread.
public final class FieldTable {

  private static final String HEAD =
      "| field | default | allowed | what it is |\n|---|---|---|---|\n";
  private static final String BELOW = "see below";

  private final Set<Section<?>> elsewhere = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder rows = new StringBuilder();

  private FieldTable(List<Section<?>> elsewhere) {
    this.elsewhere.addAll(elsewhere);
  }

  /// The table. The fields of a section stand behind the field that has it, with its key in front.
  ///
  /// @param elsewhere sections that have tables of their own
  public static String of(List<Field<?>> fields, List<Section<?>> elsewhere) {
    FieldTable table = new FieldTable(elsewhere);
    fields.forEach(field -> table.add("", field));
    return HEAD + table.rows;
  }

  private void add(String above, Field<?> field) {
    String path = above + field.key();
    String cells =
        List.of("`" + path + "`", byDefault(field), allowed(field.type()), field.description())
            .stream()
            .map(cell -> cell.replace("|", "\\|"))
            .collect(Collectors.joining(" | ", "| ", " |\n"));
    rows.append(cells);
    addBelow(path, field.type());
  }

  private void addBelow(String path, Type<?> type) {
    switch (type) {
      case Section<?> section when !elsewhere.contains(section) ->
          section.fields().forEach(field -> add(path + ".", field));
      case OrNull<?> some -> addBelow(path, some.type());
      case Counted counted -> addBelow(path, counted.within());
      case Brief<?> brief -> addBelow(path, brief.whole());
      case ListOf<?> list -> addBelow(path + "[]", list.item());
      default -> {}
    }
  }

  private static String byDefault(Field<?> field) {
    if (field.fallback().isEmpty()) {
      return "required";
    }
    boolean isNone = field.fallback().get() instanceof Optional<?> maybe && maybe.isEmpty();
    return isNone
        ? "none"
        : SchemaDefaults.of(field.type(), field.fallback().get()).map(FieldTable::shown).orElse("");
  }

  private static String shown(Object value) {
    return switch (value) {
      case List<?> list when !list.isEmpty() ->
          list.stream().map(FieldTable::shown).collect(Collectors.joining(", "));
      case List<?> _ -> "`[]`";
      case Map<?, ?> _ -> "`{}`";
      case String text when text.isEmpty() -> "`\"\"`";
      default -> "`" + value + "`";
    };
  }

  private String allowed(Type<?> type) {
    return switch (type) {
      case Choice<?> choice ->
          choice.values().keySet().stream()
              .map(FieldTable::shown)
              .collect(Collectors.joining(", "));
      case Section<?> section -> elsewhere.contains(section) ? BELOW : "a mapping";
      case Variants<?> _, Spelled<?> _ -> BELOW;
      case OrNull<?> some -> allowed(some.type());
      case ListOf<?> list -> "a list: " + allowed(list.item());
      case Counted counted -> counted.allowed() + ", or a mapping";
      default -> type.allowed();
    };
  }
}
