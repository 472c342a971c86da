package initrunner.role;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a role adds to every request to one provider's models beside the fields that all models
/// have. Headers and body may hold secrets, so only their names are ever shown. Immutable.
///
/// @param headers header fields, by name
/// @param body fields of the body as JSON values, by name
/// @param logitBias from -100 to 100, by the number of a token
public record Additions(
    Map<String, String> headers, Map<String, Object> body, Map<String, Integer> logitBias) {

  public static final Additions NONE = new Additions(Map.of(), Map.of(), Map.of());

  public Additions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    logitBias = Collections.unmodifiableMap(new LinkedHashMap<>(logitBias));
  }

  /// The names alone.
  @Override
  public String toString() {
    return "Additions" + headers.keySet() + body.keySet() + logitBias;
  }
}
