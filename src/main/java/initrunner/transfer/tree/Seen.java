package initrunner.transfer.tree;

/// What one look at a tree tells of a name, without reading the file.
///
/// @param mode the permissions, nine bits
/// @param target where a link leads, as bytes; empty for others
public record Seen(Kind kind, int mode, Stamp stamp, String target) {

  /// Its version where that is known without reading it; a file's needs its digest.
  ///
  /// @param sha256 of the content of a file
  public Version version(String sha256) {
    return switch (kind) {
      case FILE -> Version.file(mode, sha256);
      case DIRECTORY -> Version.DIRECTORY;
      case LINK -> Version.link(target);
    };
  }

  public long size() {
    return kind == Kind.FILE ? stamp.size() : 0;
  }
}
