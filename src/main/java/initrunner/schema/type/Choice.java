package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One of a few words.
///
/// @param values the value of each word, in the order of messages
/// @param refusals words that a user may expect, each with the sentence that says why not and what
///   to do
public record Choice<T>(Map<String, T> values, Map<String, String> refusals) implements Type<T> {

  public Choice {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    refusals = Map.copyOf(refusals);
  }

  public Choice(Map<String, T> values) {
    this(values, Map.of());
  }

  /// The same with the reasons why further words are refused.
  public Choice<T> refusing(Map<String, String> words) {
    return new Choice<>(values, words);
  }

  /// The constants of an enum, in lower case.
  public static <E extends Enum<E>> Choice<E> of(E[] constants) {
    Map<String, E> values = new LinkedHashMap<>();
    Arrays.stream(constants).forEach(c -> values.put(c.name().toLowerCase(Locale.ROOT), c));
    return new Choice<>(values);
  }

  /// Words that stand for themselves.
  public static Choice<String> of(String... words) {
    Map<String, String> values = new LinkedHashMap<>();
    List.of(words).forEach(word -> values.put(word, word));
    return new Choice<>(values);
  }

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    if (!yaml.kind().isScalar() || yaml.kind() == YamlKind.EMPTY) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    Optional<T> value = Optional.ofNullable(values.get(yaml.raw()));
    Optional<String> refusal = Optional.ofNullable(refusals.get(yaml.raw()));
    if (refusal.isPresent()) {
      decoding.fault(yaml.at(), yaml.path(), refusal.get());
    } else if (value.isEmpty()) {
      decoding.refuse(
          yaml, "is not known", allowed(), Nearest.question(yaml.raw(), values.keySet()));
    }
    return value;
  }

  @Override
  public String allowed() {
    return String.join(", ", values.keySet());
  }
}
