package initrunner.launch;

/// What lies over a file or directory of a mount, for one call. A cover is a mount itself, so a
/// command can neither see what is under it, nor move or remove it. Immutable.
public sealed interface Cover {

  /// The absolute path of the cover, as a command sees it.
  String target();

  /// Covers a file: it reads as empty, and what a command writes to it is gone.
  record EmptyFile(String target) implements Cover {}

  /// Covers a directory by an empty one that cannot be written.
  record EmptyDirectory(String target) implements Cover {}

  /// Covers a file or directory by itself, perhaps with less access.
  record Itself(Mount mount) implements Cover {

    @Override
    public String target() {
      return mount.target();
    }
  }
}
