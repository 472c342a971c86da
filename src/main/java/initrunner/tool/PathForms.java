package initrunner.tool;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The ways of writing one path argument: without `.` and `..`, from the directory and from the
/// root. Symbolic links are not followed. Stateless.
final class PathForms {

  private PathForms() {}

  /// @param directory that relative paths are below; empty where it is not known
  static List<Map<String, Object>> of(
      Map<String, Object> arguments, String name, Optional<String> directory) {
    if (!(arguments.get(name) instanceof String written)) {
      return List.of();
    }
    List<Map<String, Object>> forms = new ArrayList<>();
    for (String form : forms(written, directory)) {
      Map<String, Object> other = new HashMap<>(arguments);
      other.put(name, form);
      forms.add(other);
    }
    return forms;
  }

  private static List<String> forms(String written, Optional<String> directory) {
    try {
      Path path = Path.of(written).normalize();
      Optional<Path> base = directory.map(Path::of).filter(Path::isAbsolute).map(Path::normalize);
      if (base.isEmpty()) {
        return List.of(path.toString());
      }
      Path whole = base.get().resolve(path).normalize();
      return whole.startsWith(base.get())
          ? List.of(whole.toString(), base.get().relativize(whole).toString())
          : List.of(whole.toString());
    } catch (InvalidPathException e) {
      return List.of();
    }
  }
}
