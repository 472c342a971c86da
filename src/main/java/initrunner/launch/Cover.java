package initrunner.launch;

/// What lies over something that a mount shows, for one call: a command can neither see what is
/// under it nor move or remove it, as it is a mount itself. Immutable.
public sealed interface Cover {

  /// The absolute path under which a command finds it.
  String target();

  /// Nothing where a file is: it reads as empty and keeps nothing.
  record EmptyFile(String target) implements Cover {}

  /// Nothing where a directory is, and nothing can be written there.
  record EmptyDirectory(String target) implements Cover {}

  /// What is there anyway, perhaps with less access.
  record Itself(Mount mount) implements Cover {

    @Override
    public String target() {
      return mount.target();
    }
  }
}
