package initrunner.role;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/// The role format as a JSON Schema (2020-12), made from the declarations that also read roles.
/// What a schema cannot say (rules about several fields, whether a file exists) is left to the
/// loader: a role that loads is always valid, a role with a fault nearly always invalid. Stateless.
public final class RoleSchema {

  private static final String DEFINITIONS = "$defs";

  private final SequencedMap<String, Object> definitions = new LinkedHashMap<>();
  private final IdentityHashMap<Section<?>, String> shared = new IdentityHashMap<>();

  private RoleSchema() {
    shared.put(ModelFields.SECTION, "model");
    shared.put(SecurityFields.SECTION, "security");
    shared.put(RunFields.GUARDRAILS, "guardrails");
    shared.put(RunFields.EXECUTION, "execution");
    ToolTypes.TOOL.sections().forEach((type, section) -> shared.put(section, "tool-" + type));
  }

  /// The whole schema as JSON values: maps with text keys, lists, texts, numbers, booleans and
  /// nothing else. The order of keys is meant for people.
  public static SequencedMap<String, Object> tree() {
    RoleSchema schema = new RoleSchema();
    SequencedMap<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "InitRunner role");
    root.put("description", "Who an agent is, which model it uses, and where its tools run.");
    root.put("type", "object");
    root.put("if", Map.of("anyOf", anyKey(RoleForm.envelope().root())));
    root.put("then", schema.of(RoleForm.envelope().root()));
    root.put("else", schema.of(RoleForm.flat().root()));
    root.put(DEFINITIONS, schema.definitions);
    return root;
  }

  private static List<Object> anyKey(Section<?> section) {
    return section.fields().stream()
        .<Object>map(field -> Map.of("required", List.of(field.key())))
        .toList();
  }

  private SequencedMap<String, Object> of(Type<?> type) {
    return switch (type) {
      case Text text -> text(text);
      case Parsed<?> parsed -> text(parsed.text());
      case OpenSshTime _ ->
          ofType("string", "pattern", "^(?:([0-9]+[sSmMhHdDwW]?)+|yes|no|true|false)$");
      case FilePath _ -> ofType("string", "pattern", "\\S");
      case Flag _ -> ofType("boolean");
      case Whole whole -> SchemaNumbers.of(whole);
      case Decimal decimal -> SchemaNumbers.of(decimal);
      case Choice<?> choice -> single("enum", List.copyOf(choice.values().keySet()));
      case ListOf<?> list -> ofType("array", "items", of(list.item()));
      case MapOf<?> map -> map(map);
      case JsonMapping mapping -> json(mapping);
      case OrNull<?> some -> orNull(of(some.type()));
      case OrDefault<?> some -> orNull(of(some.type()));
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

  /// @param without a key that stands elsewhere
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
