package initrunner.tool.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The spellings of one path argument: without `.` and `..`, from the directory and from the root.
/// It does not follow symbolic links, nor check which characters a file's name may have: only the
/// host knows. Stateless.
public final class PathForms {

  /// Linux takes no longer path.
  public static final int MOST_CHARACTERS = 4096;

  /// A path without `.`, without avoidable `..`, and without repeated slashes.
  private record Names(boolean fromRoot, List<String> names) {

    private static final String UP = "..";

    static Names of(String written) {
      return new Names(written.startsWith("/"), List.of()).then(List.of(written.split("/", -1)));
    }

    Names then(List<String> more) {
      List<String> all = new ArrayList<>(names);
      for (String name : more) {
        boolean isDown = !all.isEmpty() && !all.getLast().equals(UP);
        if (name.equals(UP) && isDown) {
          all.removeLast();
        } else if (!name.isEmpty() && !name.equals(".") && !(name.equals(UP) && fromRoot)) {
          all.add(name);
        }
      }
      return new Names(fromRoot, List.copyOf(all));
    }

    boolean isBelow(Names other) {
      return shared(other) == other.names.size();
    }

    boolean leadsUp() {
      return !names.isEmpty() && names.getFirst().equals(UP);
    }

    Names seenFrom(Names directory) {
      int shared = shared(directory);
      List<String> way = new ArrayList<>(Collections.nCopies(directory.names.size() - shared, UP));
      way.addAll(names.subList(shared, names.size()));
      return new Names(false, way);
    }

    private int shared(Names other) {
      int most = Math.min(names.size(), other.names.size());
      return IntStream.range(0, most)
          .filter(i -> !names.get(i).equals(other.names.get(i)))
          .findFirst()
          .orElse(most);
    }

    /// The directory's own name may be unknown, so the path may lie in each of its parents.
    List<String> ends() {
      return IntStream.range(0, names.size())
          .mapToObj(i -> String.join("/", names.subList(i, names.size())))
          .toList();
    }

    @Override
    public String toString() {
      String joined = (fromRoot ? "/" : "") + String.join("/", names);
      return joined.isEmpty() ? "." : joined;
    }
  }

  private PathForms() {}

  /// All spellings that a rule of `deny` is compared with.
  ///
  /// @param directory that relative paths start from; empty if it is unknown
  public static List<Map<String, Object>> of(
      Map<String, Object> arguments, String name, Optional<String> directory) {
    return arguments.get(name) instanceof String written
        ? all(written, directory).stream().map(form -> with(arguments, name, form)).toList()
        : List.of();
  }

  /// The one spelling without `.` and `..`; empty if there is no path.
  public static List<Map<String, Object>> plain(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof String written
        ? List.of(with(arguments, name, plain(written)))
        : List.of();
  }

  public static Map<String, Object> with(Map<String, Object> arguments, String name, String value) {
    Map<String, Object> other = new HashMap<>(arguments);
    other.put(name, value);
    return other;
  }

  /// Removes `.`, `..` and repeated slashes. A slash at the end stays.
  public static String plain(String written) {
    String path = Names.of(written).toString();
    return written.endsWith("/") && !path.endsWith("/") ? path + "/" : path;
  }

  /// Whether a path is a directory or below it, without a look at the file system.
  public static boolean isBelow(String path, String directory) {
    return Names.of(path).isBelow(Names.of(directory));
  }

  public static List<String> all(String written, Optional<String> directory) {
    Names path = Names.of(written);
    Optional<Names> base = directory.map(Names::of).filter(Names::fromRoot);
    Names whole = path.fromRoot() ? path : base.map(from -> from.then(path.names())).orElse(path);
    List<String> forms = new ArrayList<>(List.of(path.toString()));
    base.ifPresent(from -> forms.add(whole.seenFrom(from).toString()));
    if (whole.fromRoot()) {
      forms.add(whole.toString());
    }
    boolean isElsewhere = whole.fromRoot() || whole.leadsUp();
    if (isElsewhere && base.filter(whole::isBelow).isEmpty()) {
      forms.addAll(whole.ends());
    }
    return forms;
  }
}
