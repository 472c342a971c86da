package initrunner.role;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Header fields that every request to a model's server gets besides its own. Their values may be
/// secrets, so only their names are ever shown. Immutable.
public record ExtraHeaders(Map<String, String> byName) {

  public static final ExtraHeaders NONE = new ExtraHeaders(Map.of());

  public ExtraHeaders {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  /// The names alone.
  @Override
  public String toString() {
    return "ExtraHeaders" + byName.keySet();
  }
}
