package initrunner.cli.files;

import initrunner.transfer.tree.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What `pull` fetches: paths of the host, each under its last name. Stateless.
final class PullPaths {

  private PullPaths() {}

  /// @param words as the person wrote them; none for all that is where commands start
  /// @param to the directory here
  /// @throws IllegalArgumentException with the reason, if a path cannot be fetched
  static List<Part> parts(List<String> words, Path to, Selection selection) {
    if (Files.exists(to) && !Files.isDirectory(to)) {
      throw new IllegalArgumentException("--to is '" + to + "', which is no directory");
    }
    Path here = Part.real(to);
    Part.Gathered gathered = new Part.Gathered(selection);
    for (String word : words.isEmpty() ? List.of(".") : words) {
      HostPath path = HostPath.of(word);
      if (path.contents()) {
        gathered.contents(
            here, path.text(), Optional.of(path.text()).filter(text -> !text.equals(".")));
      } else {
        gathered.name(gathered.roots(here, path.parent(), path.shownParent()), path.name(), word);
      }
    }
    return gathered.parts();
  }
}
