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
      case ScalarType<?> scalar -> ofType("string", "pattern", scalar.pattern());
      case Flag _ -> ofType("boolean");
      case Whole whole -> SchemaNumbers.of(whole);
      case Decimal decimal -> SchemaNumbers.of(decimal);
      case Choice<?> choice -> single("enum", List.copyOf(choice.values().keySet()));
      case ListOf<?> list -> ofType("array", "items", of(list.item()));
      case MapOf<?> map -> map(map);
      case JsonMapping mapping -> json(mapping);
      case OrNull<?> some -> orNull(of(some.type()));
      case Brief<?> brief -> single("anyOf", List.of(of(brief.text()), of(brief.whole())));
      case Counted counted -> single("anyOf", List.of(of(counted.alone()), of(counted.within())));
      case Section<?> section -> section(section);
      case Variants<?> variants -> variants(variants);
      case Spelled<?> spelled -> spelled(spelled.variants());
    };
  }

  private static SequencedMap<String, Object> text(Text text) {
    List<String> patterns =
        text.rules().stream().map(Rule::pattern).flatMap(Optional::stream).toList();
    SequencedMap<String, Object> schema = ofType("string");
    if (patterns.size() == 1) {
      schema.put("pattern", patterns.getFirst());
    } else if (!patterns.isEmpty()) {
      schema.put("allOf", patterns.stream().map(one -> single("pattern", one)).toList());
    }
    return schema;
  }

  private SequencedMap<String, Object> map(MapOf<?> map) {
    SequencedMap<String, Object> schema = ofType("object");
    map.keys().pattern().ifPresent(names -> schema.put("propertyNames", single("pattern", names)));
    schema.put("additionalProperties", of(map.values()));
    return schema;
  }

  private static SequencedMap<String, Object> json(JsonMapping mapping) {
    SequencedMap<String, Object> schema = ofType("object");
    schema.put("propertyNames", single("not", single("enum", mapping.reserved())));
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
    return single("$ref", "#/" + DEFINITIONS + "/" + name.get());
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
      properties.put(key, single("description", "Has no effect here."));
    }
    SequencedMap<String, Object> schema = ofType("object", "properties", properties);
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
    SequencedMap<String, Object> schema = ofType("object");
    schema.put(
        "properties",
        Map.of(Variants.KEY, single("enum", List.copyOf(variants.sections().keySet()))));
    schema.put("required", List.of(Variants.KEY));
    List<Object> cases = new ArrayList<>();
    variants
        .sections()
        .forEach((type, section) -> {
          SequencedMap<String, Object> one = new LinkedHashMap<>();
          one.put("if", Map.of("properties", Map.of(Variants.KEY, Map.of("const", type))));
          one.put("then", of(section));
          cases.add(one);
        });
    schema.put("allOf", cases);
    return schema;
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
    SequencedMap<String, Object> oneKey = ofType("object", "properties", below);
    oneKey.put("minProperties", 1);
    oneKey.put("maxProperties", 1);
    oneKey.put("additionalProperties", false);
    SequencedMap<String, Object> schema = new LinkedHashMap<>();
    schema.put("if", ofType("object", "required", List.of(Variants.KEY)));
    schema.put("then", variants(variants));
    schema.put("else", single("anyOf", List.of(single("enum", alone), oneKey)));
    return schema;
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
      return single("anyOf", List.of(schema, ofType("null")));
    }
    return more;
  }

  static SequencedMap<String, Object> ofType(Object type) {
    return single("type", type);
  }

  private static SequencedMap<String, Object> ofType(String type, String key, Object value) {
    SequencedMap<String, Object> schema = ofType(type);
    schema.put(key, value);
    return schema;
  }

  private static SequencedMap<String, Object> single(String key, Object value) {
    SequencedMap<String, Object> schema = new LinkedHashMap<>();
    schema.put(key, value);
    return schema;
  }
}
