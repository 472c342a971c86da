package initrunner.transfer;

/// Watches a transfer: each event is ignored unless it is taken. Called by several threads.
public interface Progress {

  /// Watches nothing.
  Progress NONE = new Progress() {};

  /// What is to be moved is known.
  default void begin(int files, long bytes) {}

  /// Bytes of files have been moved.
  default void moved(long bytes) {}

  /// Files have been moved.
  default void finished(int files) {}

  /// The link is broken, and is tried again.
  default void waits(String reason) {}
}
