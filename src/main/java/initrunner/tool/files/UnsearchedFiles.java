package initrunner.tool.files;

import initrunner.tool.policy.Glob;
import java.util.ArrayList;
import java.util.List;

/// The files that no search and no git command may show, by the globs that deny their paths.
/// Immutable.
public final class UnsearchedFiles {

  /// A name with a byte that is not printable ASCII.
  private static final String BEYOND_ASCII = "*[! -~]*";

  private final List<Glob> denied;

  public UnsearchedFiles(List<String> denied) {
    this.denied = denied.stream().map(Glob::new).toList();
  }

  /// An expression of `find`, for a start with `find .`, that is true for these files; empty if no
  /// file can match. It is true for every file that a rule denies. It may also be true for another
  /// if a name is not ASCII or a set holds one of `[]!^-\`.
  ///
  /// @param directory in all its spellings
  List<String> expression(List<String> directory) {
    List<String> words = new ArrayList<>();
    for (Glob rest : rests(directory)) {
      String exact = rest.ofBytes();
      String wider = rest.ofBytesAtLeast();
      if (exact.isEmpty() || exact.endsWith("/")) {
        continue; // No file's path ends so, and find warns of it.
      }
      words.addAll(List.of("-o", "-path", "./" + exact));
      if (!exact.equals(wider)) {
        words.addAll(List.of("-o", "-path", BEYOND_ASCII, "-path", "./" + wider));
      }
    }
    if (words.isEmpty()) {
      return List.of();
    }
    words.set(0, "(");
    words.add(")");
    return List.copyOf(words);
  }

  /// Git pathspecs that exclude these files of a directory; empty if no file can match. They
  /// exclude every file that a rule denies. They may also exclude another if a rule holds `?` or a
  /// set.
  ///
  /// @param path of the directory as git gets it
  /// @param directory in all its spellings
  public List<String> pathspecs(String path, List<String> directory) {
    String below = path.equals(".") ? "" : literally(path.endsWith("/") ? path : path + "/");
    return rests(directory).stream()
        .map(Glob::ofBytesAtLeast)
        .filter(rest -> !rest.isEmpty() && !rest.startsWith("/") && !rest.startsWith("../"))
        .map(rest -> ":(exclude)" + below + rest)
        .distinct()
        .toList();
  }

  private static String literally(String path) {
    return path.replaceAll("[*?\\[\\\\]", "\\\\$0");
  }

  private List<Glob> rests(List<String> directory) {
    return directory.stream()
        .map(form -> form.equals(".") ? "" : form.endsWith("/") ? form : form + "/")
        .distinct()
        .flatMap(below -> denied.stream().flatMap(glob -> glob.after(below).stream()))
        .toList();
  }
}
