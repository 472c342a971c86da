package initrunner.cli.files;

import initrunner.transfer.tree.Selection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `push` sends: paths of this machine, each under its last name. Stateless; asks the file
/// system which of them are there.
final class PushPaths {

  private PushPaths() {}

  /// @param words as the person wrote them; none for what is in the current directory
  /// @param to the directory of the host
  /// @throws IllegalArgumentException with the reason, if a path cannot be sent
  static List<Part> parts(List<String> words, HostPath to, Selection selection) {
    requireThere(words);
    Part.Gathered gathered = new Part.Gathered(selection);
    for (String word : words.isEmpty() ? List.of(".") : words) {
      Path path = Path.of(word);
      Path name = path.getFileName();
      if (name == null || name.toString().equals(".") || name.toString().equals("..")) {
        gathered.contents(Part.real(path), to.text(), shown(path.normalize()));
      } else {
        Path parent = path.getParent() == null ? Path.of("") : path.getParent();
        gathered.name(
            gathered.roots(Part.real(parent), to.text(), shown(parent)), name.toString(), word);
      }
    }
    return gathered.parts();
  }

  private static Optional<String> shown(Path parent) {
    return Optional.of(parent.toString()).filter(text -> !text.isEmpty() && !text.equals("."));
  }

  private static void requireThere(List<String> words) {
    List<String> missing =
        words.stream()
            .filter(
                word -> word.isEmpty() || !Files.exists(Path.of(word), LinkOption.NOFOLLOW_LINKS))
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no file "
              + missing.stream().map(word -> "'" + word + "'").collect(Collectors.joining(", "))
              + " here");
    }
    words.stream()
        .filter(word -> !isSendable(Path.of(word)))
        .findFirst()
        .ifPresent(word -> {
          throw new IllegalArgumentException("'" + word + "' is no file, directory or link");
        });
  }

  private static boolean isSendable(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(path)
        || Files.isSymbolicLink(path);
  }
}
