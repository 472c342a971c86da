package initrunner.exec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Variables for a command whose values are secret. A transport hands them over where no other user
/// can read them: never in a process's arguments, here or on the host, and never on a disk.
///
/// Immutable. Its text form names the variables and nothing more.
public final class SecretEnvironment {

  private static final SecretEnvironment NONE = new SecretEnvironment(Map.of());

  private final Map<String, String> values;

  private SecretEnvironment(Map<String, String> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  public static SecretEnvironment none() {
    return NONE;
  }

  /// These variables, in this order.
  ///
  /// @throws IllegalArgumentException if a name is not a POSIX name, or a value holds a NUL or half
  ///   of a surrogate pair; the message has no value in it
  public static SecretEnvironment of(Map<String, String> values) {
    Objects.requireNonNull(values, "SecretEnvironment.of: values is null");
    values.forEach(Command::requireVariable);
    return new SecretEnvironment(values);
  }

  /// These variables but one.
  public SecretEnvironment without(String name) {
    Objects.requireNonNull(name, "SecretEnvironment.without: name is null");
    Map<String, String> others = new LinkedHashMap<>(values);
    others.remove(name);
    return new SecretEnvironment(others);
  }

  public Set<String> names() {
    return values.keySet();
  }

  /// The names with their values, for the transport that hands them over.
  public Map<String, String> values() {
    return values;
  }

  @Override
  public String toString() {
    return names().toString();
  }
}
