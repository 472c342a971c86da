package initrunner.launch;

/// A directory or file of the host that a contained command sees.
///
/// @param source a path of the host: absolute, below `~/`, or below the command's start directory
/// @param target its absolute path as the command sees it
public record Mount(String source, String target, Access access) {

  /// What a contained command may do with it.
  public enum Access {
    READ_ONLY,
    READ_WRITE
  }
}
