package initrunner.schema.type;

import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A mapping with keys that the user chooses.
///
/// @param keys what a key must be
/// @param areHidden whether no message shows a value
/// @param allowed what it is, for messages
public record MapOf<T>(Rule<String> keys, Type<T> values, boolean areHidden, String allowed)
    implements Type<Map<String, T>> {

  public MapOf(Rule<String> keys, Type<T> values) {
    this(keys, values, false, "a mapping of " + keys.allowed() + " to " + values.allowed());
  }

  /// The same with values that no message shows.
  public MapOf<T> hidden() {
    return new MapOf<>(keys, values, true, allowed);
  }

  /// The same, called this in messages.
  public MapOf<T> described(String words) {
    return new MapOf<>(keys, values, areHidden, words);
  }

  @Override
  public Optional<Map<String, T>> decode(YamlValue yaml, Decoding decoding) {
    if (yaml.kind() != YamlKind.MAPPING) {
      return decoding.refuseKind(yaml, allowed(), "");
    }
    int faultsBefore = decoding.faultCount();
    Map<String, T> decoded = new LinkedHashMap<>();
    yaml.entries(decoding)
        .forEach((key, entry) ->
            decode(key, entry, decoding).ifPresent(value -> decoded.put(key, value)));
    return decoding.faultCount() == faultsBefore ? Optional.of(decoded) : Optional.empty();
  }

  private Optional<T> decode(String key, YamlValue entry, Decoding decoding) {
    if (!keys.holds().test(key)) {
      return decoding.fault(
          entry, keys.broken() + ", allowed is " + keys.allowed() + "; " + keys.next());
    }
    return values.decode(areHidden ? entry.hidden() : entry, decoding);
  }
}
