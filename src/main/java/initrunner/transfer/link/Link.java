package initrunner.transfer.link;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// What is known of the link to a host: how long a byte takes there and back, and how many bytes a
/// second it carried. Compression costs a host and this side processor time, so that it pays only
/// where the link is the slowest part. Safe for several threads.
public final class Link {

  /// On a link on one machine or in one room, a byte is there and back sooner.
  private static final Duration FAR = Duration.ofMillis(5);

  /// Less is gone before the round trip is measured and a program for compression has started.
  private static final long LEAST_BYTES = 1 << 20;

  /// What `gzip -1` packs on a slow processor.
  static final long SLOW_BYTES_PER_SECOND = 12 << 20;

  /// So many bytes tell how fast the link is.
  public static final long TRIAL_BYTES = 1 << 20;

  private final boolean hostHasGzip;
  private final Supplier<Duration> roundTrip;
  private Optional<Boolean> isFar;
  private volatile OptionalLong bytesPerSecond = OptionalLong.empty();

  /// @param firstByte how long the first byte of an answer took, the start of a process with it
  /// @param roundTrip asks the host how long a byte takes there and back; called once at most, and
  ///   only if the first byte took longer than on a near link
  public Link(boolean hostHasGzip, Duration firstByte, Supplier<Duration> roundTrip) {
    this.hostHasGzip = hostHasGzip;
    this.roundTrip = roundTrip;
    this.isFar = isFar(firstByte) ? Optional.empty() : Optional.of(false);
  }

  private static boolean isFar(Duration time) {
    return time.compareTo(FAR) >= 0;
  }

  /// Whether it can pay to pack so many bytes.
  private boolean mayPack(long bytes) {
    return hostHasGzip && bytes >= LEAST_BYTES && isFar();
  }

  private synchronized boolean isFar() {
    boolean far = isFar.orElseGet(() -> isFar(roundTrip.get()));
    isFar = Optional.of(far);
    return far;
  }

  /// Whether so many bytes are worth a trial, because the speed is not known.
  public boolean isTried(long bytes) {
    return mayPack(bytes) && bytes >= 2 * TRIAL_BYTES && bytesPerSecond.isEmpty();
  }

  /// Takes in what a trial has shown.
  ///
  /// @param isCompressible whether what came could have been packed well
  public void measured(long bytes, Duration time, boolean isCompressible) {
    long perSecond = bytes * 1_000_000_000L / Math.max(1, time.toNanos());
    bytesPerSecond = OptionalLong.of(isCompressible ? perSecond : Long.MAX_VALUE);
  }

  /// How so many bytes go to the host: packed is as they are until the link turns out to be slow.
  public Packing packingThere(long bytes) {
    return mayPack(bytes) ? Packing.GZIP : Packing.PLAIN;
  }

  /// How the host packs so many bytes.
  public Packing packing(long bytes) {
    return mayPack(bytes) && bytesPerSecond.orElse(Long.MAX_VALUE) < SLOW_BYTES_PER_SECOND
        ? Packing.GZIP
        : Packing.PLAIN;
  }
}
