package initrunner.schema.describe;

import initrunner.schema.type.Brief;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Counted;
import initrunner.schema.type.Decimal;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.JsonMapping;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.OrNull;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Rule;
import initrunner.schema.type.ScalarType;
import initrunner.schema.type.Section;
import initrunner.schema.type.Spelled;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Variants;
import initrunner.schema.type.Whole;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/// A JSON Schema (2020-12) made from the declarations that also decode. It leaves out what a schema
/// cannot say (rules about several fields, whether a file exists): a file without faults is always
/// valid, and one with faults nearly always invalid. Used by one thread.
public final class JsonSchema {

  private static final String DEFINITIONS = "$defs";

  private final SequencedMap<String, Object> definitions = new LinkedHashMap<>();
  private final IdentityHashMap<Section<?>, String> shared = new IdentityHashMap<>();

  /// @param shared the sections that become definitions, by name
  public JsonSchema(Map<String, Section<?>> shared) {
    shared.forEach((name, section) -> this.shared.put(section, name));
  }

  /// The definitions that the schemas made so far refer to, for `$defs` of the whole.
  public SequencedMap<String, Object> definitions() {
    return definitions;
  }

  /// The schema of a type as JSON values: maps with text keys, lists, texts, numbers, booleans and
  /// nothing else. The keys are in an order for readers.
  public SequencedMap<String, Object> of(Type<?> type) {
    return switch (type) {
      case Text text -> text(text);
      case Parsed<?> parsed -> text(parsed.text());
      case ScalarType<?> scalar -> json("type", scalar.jsonType(), "pattern", scalar.pattern());
      case Flag _ -> json("type", "boolean");
      case Whole whole -> number(whole);
      case Decimal decimal -> number(decimal);
      case Choice<?> choice -> json("enum", List.copyOf(choice.values().keySet()));
      case ListOf<?> list -> json("type", "array", "items", of(list.item()));
      case MapOf<?> map -> map(map);
      case JsonMapping mapping ->
          json("type", "object", "propertyNames", json("not", json("enum", mapping.reserved())));
      case OrNull<?> some -> orNull(of(some.type()));
      case Brief<?> brief -> json("anyOf", List.of(of(brief.text()), of(brief.whole())));
      case Counted counted -> json("anyOf", List.of(of(counted.alone()), of(counted.within())));
      case Section<?> section -> section(section);
      case Variants<?> variants -> variants(variants);
      case Spelled<?> spelled -> spelled(spelled.variants());
    };
  }

  private static SequencedMap<String, Object> text(Text text) {
    List<String> patterns =
        text.rules().stream().map(Rule::pattern).flatMap(Optional::stream).toList();
    SequencedMap<String, Object> schema = json("type", "string");
    if (patterns.size() == 1) {
      schema.put("pattern", patterns.getFirst());
    } else if (!patterns.isEmpty()) {
      schema.put("allOf", patterns.stream().map(one -> json("pattern", one)).toList());
    }
    return schema;
  }

  /// A number may stand in quotes, where a schema can look at its digits only.
  private static SequencedMap<String, Object> number(Whole whole) {
    return json(
        "type", List.of("integer", "string"),
        "minimum", whole.minimum(),
        "maximum", whole.maximum(),
        "pattern", "^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$");
  }

  private static SequencedMap<String, Object> number(Decimal decimal) {
    SequencedMap<String, Object> schema =
        json(
            "type",
            List.of("number", "string"),
            decimal.minimumIsAllowed() ? "minimum" : "exclusiveMinimum",
            decimal.minimum());
    if (decimal.maximum() < Double.MAX_VALUE) {
      schema.put("maximum", decimal.maximum());
    }
    schema.put("pattern", "^[-+]?(?:[.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?$");
    return schema;
  }

  private SequencedMap<String, Object> map(MapOf<?> map) {
    SequencedMap<String, Object> schema = json("type", "object");
    map.keys().pattern().ifPresent(names -> schema.put("propertyNames", json("pattern", names)));
    schema.put("additionalProperties", of(map.values()));
    return schema;
  }

  private SequencedMap<String, Object> section(Section<?> section) {
    Optional<String> name = Optional.ofNullable(shared.get(section));
    if (name.isEmpty()) {
      return properties(section, Optional.empty());
    }
    if (!definitions.containsKey(name.get())) {
      definitions.put(name.get(), Map.of());
      definitions.put(name.get(), properties(section, Optional.empty()));
    }
    return json("$ref", "#/" + DEFINITIONS + "/" + name.get());
  }

  /// @param without a key to leave out
  private SequencedMap<String, Object> properties(Section<?> section, Optional<String> without) {
    SequencedMap<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (Field<?> field : section.fields()) {
      if (without.filter(field.key()::equals).isEmpty()) {
        properties.put(field.key(), field(field));
        field.fallback().ifPresentOrElse(_ -> {}, () -> required.add(field.key()));
      }
    }
    for (String key : new TreeSet<>(section.inert())) {
      properties.put(key, json("description", "Has no effect here."));
    }
    SequencedMap<String, Object> schema = json("type", "object", "properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private SequencedMap<String, Object> field(Field<?> field) {
    SequencedMap<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", field.description());
    schema.putAll(of(field.type()));
    field
        .fallback()
        .flatMap(value -> SchemaDefaults.of(field.type(), value))
        .ifPresent(value -> schema.put("default", value));
    boolean isText = field.type() instanceof Text && !field.example().isBlank();
    if (isText && field.fallback().isEmpty()) {
      schema.put("examples", List.of(field.example()));
    }
    return schema;
  }

  private SequencedMap<String, Object> variants(Variants<?> variants) {
    List<Object> cases = new ArrayList<>();
    variants
        .sections()
        .forEach((type, section) ->
            cases.add(
                json(
                    "if", json("properties", json(Variants.KEY, json("const", type))),
                    "then", of(section))));
    return json(
        "type",
        "object",
        "properties",
        json(Variants.KEY, json("enum", List.copyOf(variants.sections().keySet()))),
        "required",
        List.of(Variants.KEY),
        "allOf",
        cases);
  }

  private SequencedMap<String, Object> spelled(Variants<?> variants) {
    SequencedMap<String, Object> below = new LinkedHashMap<>();
    List<String> alone = new ArrayList<>();
    variants
        .sections()
        .forEach((type, section) -> {
          SequencedMap<String, Object> rest = properties(section, Optional.of(Variants.KEY));
          if (rest.containsKey("required")) {
            below.put(type, rest);
          } else {
            below.put(type, orNull(rest));
            alone.add(type);
          }
        });
    SequencedMap<String, Object> oneKey = json("type", "object", "properties", below);
    oneKey.putAll(json("minProperties", 1, "maxProperties", 1, "additionalProperties", false));
    SequencedMap<String, Object> typed = json("type", "object", "required", List.of(Variants.KEY));
    Object untyped = json("anyOf", List.of(json("enum", alone), oneKey));
    return json("if", typed, "then", variants(variants), "else", untyped);
  }

  /// A value of that schema, or null.
  private static SequencedMap<String, Object> orNull(SequencedMap<String, Object> schema) {
    SequencedMap<String, Object> more = new LinkedHashMap<>(schema);
    if (schema.get("type") instanceof String type) {
      more.put("type", List.of(type, "null"));
    } else if (schema.get("type") instanceof List<?> types) {
      List<Object> all = new ArrayList<>(types);
      all.add("null");
      more.put("type", all);
    } else {
      return json("anyOf", List.of(schema, json("type", "null")));
    }
    return more;
  }

  /// An object of JSON.
  ///
  /// @param keysAndValues in turn
  private static SequencedMap<String, Object> json(Object... keysAndValues) {
    SequencedMap<String, Object> object = new LinkedHashMap<>();
    for (int at = 0; at < keysAndValues.length; at += 2) {
      object.put((String) keysAndValues[at], keysAndValues[at + 1]);
    }
    return object;
  }
}
