package initrunner.role;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What a role adds to every request to one provider's models beside the fields that all models
/// have. Headers and body may hold secrets, so only their names are ever shown. Immutable.
///
/// @param headers header fields, by name
/// @param body fields of the body as JSON values, by name
/// @param logitBias from -100 to 100, by the number of a token
/// @param variables the names of those that headers and body take from the environment
public record Additions(
    Map<String, String> headers,
    Map<String, Object> body,
    Map<String, Integer> logitBias,
    Set<String> variables) {

  public static final Additions NONE = new Additions(Map.of(), Map.of(), Map.of(), Set.of());

  public Additions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    logitBias = Collections.unmodifiableMap(new LinkedHashMap<>(logitBias));
    variables = Set.copyOf(variables);
  }

  /// The names alone.
  @Override
  public String toString() {
    return "Additions" + headers.keySet() + body.keySet() + logitBias;
  }
}
