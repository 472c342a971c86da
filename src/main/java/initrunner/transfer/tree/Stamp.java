package initrunner.transfer.tree;

/// What a system says of a file without reading it. If none of it has changed, the content has not,
/// as long as the stamp [#isSettled].
///
/// @param modified the time of the last change of the content, in nanoseconds of the epoch
/// @param changed the same of the file or what is said of it; a program cannot set it back
public record Stamp(long size, long modified, long changed, long inode) {

  private static final long SECOND = 1_000_000_000L;

  /// The longest tick by which a kernel's file times go.
  private static final long TICK = 20_000_000L;

  /// Whether a later change would have another stamp: not if it could fall into the same tick of
  /// the clock.
  ///
  /// @param now the time of the same system when the stamp was read
  public boolean isSettled(long now) {
    boolean isInSeconds = changed % SECOND == 0 || now % SECOND == 0;
    return now - changed >= (isInSeconds ? 2 * SECOND : TICK);
  }
}
