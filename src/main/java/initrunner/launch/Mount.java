package initrunner.launch;

/// A directory or file of the place that a contained command sees.
///
/// @param source a path of the place: absolute, below `~/`, or below the directory in which the
///   command starts
/// @param target the absolute path under which the command finds it
public record Mount(String source, String target, Access access) {

  /// What a contained command may do with it.
  public enum Access {
    READ_ONLY,
    READ_WRITE
  }
}
