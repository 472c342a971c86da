package initrunner.transfer;

/// Watches a transfer. Called by several threads.
public interface Progress {

  /// Watches nothing.
  Progress NONE =
      new Progress() {
        @Override
        public void begin(int files, long bytes) {}

        @Override
        public void moved(long bytes) {}

        @Override
        public void finished(int files) {}

        @Override
        public void waits(String reason) {}
      };

  /// What is to be moved is known.
  void begin(int files, long bytes);

  /// Bytes of files have been moved.
  void moved(long bytes);

  /// Files have been moved.
  void finished(int files);

  /// The link is broken, and is tried again.
  void waits(String reason);
}
