package initrunner.transfer.tree;

/// One version of a file: two equal ones are the same to a person. Immutable.
///
/// @param mode the permissions of a file, nine bits; 0 for the others
/// @param content the SHA-256 of a file in hexadecimal digits, where a link leads as bytes
///   ([TreePath#bytes]), empty for a directory
public record Version(Kind kind, int mode, String content) {

  /// Any directory: its permissions are given once, when it is made.
  public static final Version DIRECTORY = new Version(Kind.DIRECTORY, 0, "");

  public static Version file(int mode, String sha256) {
    return new Version(Kind.FILE, mode, sha256);
  }

  public static Version link(String target) {
    return new Version(Kind.LINK, 0, target);
  }
}
