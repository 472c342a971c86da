package initrunner.tool.git;

import java.util.Optional;
import java.util.stream.Stream;

/// A revision of git that names a file: `COMMIT:FILE`, `:FILE` or `:0:FILE`.
///
/// @param before the part before the file, with its colon
record FileOfRevision(String before, String file) {

  /// Parses a revision as git does. A search for a commit by its message names no file.
  static Optional<FileOfRevision> of(String revision) {
    if (revision.startsWith(":/")) {
      return Optional.empty();
    }
    boolean isStage = revision.matches("(?s):[0-3]:.*");
    int colon = isStage ? 2 : colon(revision);
    return colon < 0
        ? Optional.empty()
        : Optional.of(
            new FileOfRevision(revision.substring(0, colon + 1), revision.substring(colon + 1)));
  }

  /// The index of the first colon outside of braces; -1 if there is none.
  private static int colon(String revision) {
    int braces = 0;
    for (int at = 0; at < revision.length(); at++) {
      switch (revision.charAt(at)) {
        case '{' -> braces++;
        case '}' -> braces = Math.max(0, braces - 1);
        case ':' -> {
          if (braces == 0) {
            return at;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  /// The same file by a path from git's start directory instead of the root of the work tree: rules
  /// on paths mean that one.
  String fromDirectory() {
    boolean isSo = file.startsWith("./") || file.startsWith("../");
    return before + (isSo ? "" : "./") + file;
  }

  /// The reason why git may not get this revision.
  Optional<String> objection() {
    boolean isRange =
        file.endsWith("/..")
            || file.equals("..")
            || Stream.of(file.split("/", -1))
                .anyMatch(name -> name.contains("..") && !name.equals(".."));
    if (isRange) {
      return Optional.of("compares files. Give the commits alone, and the file as 'path'");
    }
    return file.startsWith("/")
        ? Optional.of("names a file from the root. Name it from the tool's directory")
        : Optional.empty();
  }
}
