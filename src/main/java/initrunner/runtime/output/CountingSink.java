package initrunner.runtime.output;

import initrunner.exec.Captured;
import initrunner.exec.Sink;
import initrunner.tool.jobs.JobOutputSink;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Counts the bytes it passes on, and keeps what is to be recorded of them. One thread writes and
/// reads.
public final class CountingSink implements Sink {

  private final Sink next;
  private final Optional<Captured> kept;
  private final Optional<? extends Sink> recording;
  private long stdoutBytes;
  private long stderrBytes;

  /// @param kept gets both streams as one, as they come
  public CountingSink(Sink next, Optional<Captured> kept) {
    this(next, kept, kept.map(BothStreams::new));
  }

  private CountingSink(Sink next, Optional<Captured> kept, Optional<? extends Sink> recording) {
    this.next = next;
    this.kept = kept;
    this.recording = recording;
  }

  /// For the script that prints a job's output: the description in front of it is counted, and not
  /// kept.
  public static CountingSink ofJobOutput(Sink next, Optional<Captured> kept) {
    return new CountingSink(next, kept, kept.map(ends -> new JobOutputSink(new BothStreams(ends))));
  }

  private record BothStreams(Captured ends) implements Sink {

    @Override
    public void stdout(ByteBuffer bytes) {
      ends.stdout(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      ends.stdout(bytes);
    }
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdoutBytes += bytes.remaining();
    recording.ifPresent(ends -> ends.stdout(bytes.duplicate()));
    next.stdout(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderrBytes += bytes.remaining();
    recording.ifPresent(ends -> ends.stderr(bytes.duplicate()));
    next.stderr(bytes);
  }

  public Optional<Captured> kept() {
    return kept;
  }

  public long stdoutBytes() {
    return stdoutBytes;
  }

  public long stderrBytes() {
    return stderrBytes;
  }
}
