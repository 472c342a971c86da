package initrunner.tool;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The ways of writing one path argument: without `.` and `..`, from the directory and from the
/// root. Symbolic links are not followed. Stateless.
final class PathForms {

  private PathForms() {}

  /// The ways in which a rule that denies must not be passed by.
  ///
  /// @param directory that relative paths are below; empty where it is not known
  static List<Map<String, Object>> of(
      Map<String, Object> arguments, String name, Optional<String> directory) {
    return arguments.get(name) instanceof String written
        ? all(written, directory).stream().map(form -> with(arguments, name, form)).toList()
        : List.of();
  }

  /// The one way that has no `.` and `..`; none where there is no path.
  static List<Map<String, Object>> plain(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof String written
        ? List.of(with(arguments, name, plain(written)))
        : List.of();
  }

  static Map<String, Object> with(Map<String, Object> arguments, String name, String value) {
    Map<String, Object> other = new HashMap<>(arguments);
    other.put(name, value);
    return other;
  }

  /// Without `.`, `..` and slashes in a row. A slash at the end stays.
  static String plain(String written) {
    try {
      String path = plain(Path.of(written).normalize());
      return written.endsWith("/") && !path.endsWith("/") ? path + "/" : path;
    } catch (InvalidPathException e) {
      return written;
    }
  }

  static List<String> all(String written, Optional<String> directory) {
    try {
      Path path = Path.of(written).normalize();
      List<String> forms = new ArrayList<>(List.of(plain(path)));
      Optional<Path> base = directory.map(Path::of).filter(Path::isAbsolute).map(Path::normalize);
      Path whole = base.orElse(Path.of("")).resolve(path).normalize();
      base.ifPresent(from -> forms.add(plain(from.relativize(whole))));
      if (whole.isAbsolute()) {
        forms.add(whole.toString());
      }
      if (whole.isAbsolute() && base.filter(whole::startsWith).isEmpty()) {
        forms.addAll(ends(whole));
      }
      return forms;
    } catch (InvalidPathException e) {
      return List.of();
    }
  }

  /// The directory may have a name that is not known, so each directory above may be it.
  private static List<String> ends(Path path) {
    int names = path.getNameCount();
    return IntStream.range(0, names).mapToObj(i -> path.subpath(i, names).toString()).toList();
  }

  private static String plain(Path normal) {
    return normal.toString().isEmpty() ? "." : normal.toString();
  }
}
