package initrunner.tool.files;

import initrunner.tool.policy.Glob;
import java.util.ArrayList;
import java.util.List;

/// The files that no search and no command of git may show, by the globs that deny their paths.
/// Immutable.
public final class UnsearchedFiles {

  /// A name with a byte that is no printable character of ASCII.
  private static final String BEYOND_ASCII = "*[! -~]*";

  private final List<Glob> denied;

  public UnsearchedFiles(List<String> denied) {
    this.denied = denied.stream().map(Glob::new).toList();
  }

  /// An expression of `find`, started in a directory as `find .`, that is true for them; empty
  /// where it could be true for none. It may be true for a file that no rule denies where a name is
  /// not in ASCII or a set holds one of `[]!^-\`, and is never false for one that a rule denies.
  ///
  /// @param directory in all ways of writing it
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

  /// Pathspecs of git for them, which leave out what is in a directory; empty where it can be none.
  /// They may leave out a file that no rule denies where a rule holds `?` or a set, and never leave
  /// in one that a rule denies.
  ///
  /// @param path of the directory as git is given it
  /// @param directory in all ways of writing it
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
