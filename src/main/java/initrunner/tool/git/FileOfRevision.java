package initrunner.tool.git;

import java.util.Optional;
import java.util.stream.Stream;

/// A revision of git that names a file: `COMMIT:FILE`, `:FILE` or `:0:FILE`.
///
/// @param before up to the file, with its colon
record FileOfRevision(String before, String file) {

  /// Reads a revision as git does. One that looks for a commit by its message names no file.
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

  /// The first one that is not in braces; -1 without one.
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

  /// The revision with the file named from the directory where git starts, and not from the root of
  /// the work tree: as rules on paths mean it.
  String fromDirectory() {
    boolean isSo = file.startsWith("./") || file.startsWith("../");
    return before + (isSo ? "" : "./") + file;
  }

  /// Why git may not be asked for it.
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
