package initrunner.schema;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The variables that `${NAME}` in a file stands for. Immutable. Values are never shown.
public interface Environment {

  /// The values by name.
  Map<String, String> values();

  /// The value of a variable; one that is blank counts as unset.
  Optional<String> value(String name);

  /// The file that a variable comes from; empty if this process has it, or it is not set.
  Optional<Path> fileOf(String name);
}
