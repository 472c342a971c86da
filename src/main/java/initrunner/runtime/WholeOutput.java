package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// Keeps standard output as bytes, up to a bound, and the ends of standard error. One thread
/// writes; read it after the call.
final class WholeOutput implements Sink {

  private final int mostBytes;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final Captured complaints;
  private boolean isWhole = true;

  WholeOutput(int mostBytes, int mostComplaintBytes) {
    this.mostBytes = mostBytes;
    this.complaints = new Captured(mostComplaintBytes);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    int kept = Math.min(bytes.remaining(), mostBytes - stdout.size());
    isWhole &= kept == bytes.remaining();
    byte[] part = new byte[kept];
    bytes.get(part);
    stdout.writeBytes(part);
    bytes.position(bytes.limit());
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    complaints.stderr(bytes);
  }

  byte[] stdout() {
    return stdout.toByteArray();
  }

  String stderr() {
    return complaints.stderrText();
  }

  /// Whether all of standard output was kept.
  boolean isWhole() {
    return isWhole;
  }
}
