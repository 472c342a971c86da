package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import initrunner.text.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A mapping with a fixed set of keys. Immutable.
///
/// @param fields in the order of messages and docs
/// @param defaults the value with each field's default, or the example of a required field
/// @param refusals keys that are refused, each with the reason and the next step
/// @param inert keys of other programs, which have no effect
/// @param checks rules about several fields; they also run if these have faults
/// @param build makes the value from fields without faults
public record Section<T>(
    List<Field<?>> fields,
    T defaults,
    Map<String, String> refusals,
    Set<String> inert,
    List<BiConsumer<Values, Decoding>> checks,
    Function<Fields, T> build)
    implements Type<T> {

  private static final int MOST_PLACES = 3;

  /// Collects the declarations of an expression, which gets samples for values.
  private static final class Declarations extends Fields {

    private final Map<String, Field<?>> byKey = new LinkedHashMap<>();

    @Override
    public <T> T get(Field<T> field) {
      if (byKey.putIfAbsent(field.key(), field) != null) {
        throw new IllegalStateException("declared twice: " + field.key());
      }
      return field.sample();
    }

    @Override
    public Optional<YamlValue> written(Field<?> field) {
      return Optional.empty();
    }
  }

  public Section {
    fields = List.copyOf(fields);
    refusals = Map.copyOf(refusals);
    inert = Set.copyOf(inert);
    checks = List.copyOf(checks);
  }

  /// The section of the fields that an expression asks for.
  public static <T> Section<T> of(Function<Fields, T> build) {
    Declarations declared = new Declarations();
    T defaults = build.apply(declared);
    return new Section<>(
        List.copyOf(declared.byKey.values()), defaults, Map.of(), Set.of(), List.of(), build);
  }

  /// The same with further keys that are refused.
  ///
  /// @param keys with blanks between
  /// @param why the reason and the next step
  public Section<T> refusing(String keys, String why) {
    Map<String, String> more = new HashMap<>(refusals);
    Words.of(keys).forEach(key -> more.put(key, why));
    return new Section<>(fields, defaults, more, inert, checks, build);
  }

  /// The same with keys that have no effect.
  ///
  /// @param keys with blanks between
  public Section<T> ignoring(String keys) {
    return new Section<>(fields, defaults, refusals, Set.copyOf(Words.of(keys)), checks, build);
  }

  /// The same with a further rule about several fields.
  public Section<T> checking(BiConsumer<Values, Decoding> check) {
    List<BiConsumer<Values, Decoding>> more = new ArrayList<>(checks);
    more.add(check);
    return new Section<>(fields, defaults, refusals, inert, more, build);
  }

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    int faultsBefore = decoding.faultCount();
    if (yaml.kind() != YamlKind.MAPPING) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    Values values = entries(yaml, decoding);
    checks.forEach(check -> check.accept(values, decoding));
    return decoding.faultCount() == faultsBefore
        ? Optional.of(build.apply(values))
        : Optional.empty();
  }

  /// The fields of a mapping before the checks, for rules about more than this mapping.
  public Optional<Values> read(YamlValue yaml, Decoding decoding) {
    return yaml.kind() == YamlKind.MAPPING
        ? Optional.of(entries(yaml, decoding))
        : Optional.empty();
  }

  private Values entries(YamlValue yaml, Decoding decoding) {
    Values values = new Values(yaml);
    Map<String, YamlValue> entries = yaml.entries(decoding);
    entries.forEach((key, entry) -> decodeEntry(key, entry, values, decoding));
    for (Field<?> field : fields) {
      if (!entries.containsKey(field.key())) {
        values.useDefault(field);
        reportIfRequired(field, yaml, decoding);
      }
    }
    return values;
  }

  private void decodeEntry(String key, YamlValue entry, Values values, Decoding decoding) {
    String path = entry.path();
    Optional<Field<?>> field = field(key);
    if (field.isPresent()) {
      Field<?> known = field.get();
      values.decode(known, entry.withExample(known.example()), decoding);
      return;
    }
    if (inert.contains(key)) {
      decoding.note(path);
      return;
    }
    String why =
        Optional.ofNullable(refusals.get(key)).orElseGet(() -> unknown(key, path, decoding));
    decoding.fault(entry.name(), path, why);
  }

  private Optional<Field<?>> field(String key) {
    for (Field<?> field : fields) {
      if (field.key().equals(key)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  private String unknown(String key, String path, Decoding decoding) {
    Optional<String> near = Nearest.to(key, keys());
    if (near.isPresent()) {
      return "is not a known key; did you mean " + near.get() + "?";
    }
    List<String> elsewhere =
        decoding.placesOf(key).stream().filter(p -> !p.equals(path) && !isDeep(p)).toList();
    String belongs =
        elsewhere.isEmpty() || elsewhere.size() > MOST_PLACES
            ? ""
            : "; it belongs at " + String.join(" or ", elsewhere) + " (check the indentation)";
    return "is not a known key, allowed is " + String.join(", ", keys()) + belongs;
  }

  /// Whether it is in a list in a list: no wrong indentation leads there.
  private static boolean isDeep(String place) {
    return place.indexOf("[]") != place.lastIndexOf("[]");
  }

  private static void reportIfRequired(Field<?> field, YamlValue yaml, Decoding decoding) {
    if (field.fallback().isEmpty()) {
      String example = field.example().isBlank() ? "" : " " + field.example();
      decoding.fault(
          yaml.name(),
          yaml.pathOf(field.key()),
          "is missing, allowed is %s; add %s:%s"
              .formatted(field.type().allowed(), field.key(), example));
    }
  }

  private List<String> keys() {
    return fields.stream().map(Field::key).toList();
  }

  @Override
  public String allowed() {
    return fields.stream()
        .map(Field::key)
        .collect(Collectors.joining(", ", "a mapping with the keys ", ""));
  }
}
