package initrunner.tool.hosts;

import initrunner.exec.Captured;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.text.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Collectors;

/// What a command printed on one host: the kept part, and a digest of all of it, as two outputs
/// with equal kept parts may differ. Read-only once it is made.
///
/// @param kept of both streams; nothing is added to it any more
/// @param digest of both streams, however much of them is kept
/// @param end whether the output is whole
public record HostOutput(Captured kept, String digest, OutputEnd end) {

  private static final String OF_STDERR = "stderr: ";

  /// Takes a command's output. One thread writes; read it after the call.
  public static final class Taken implements Sink {

    private final Captured kept;
    private final MessageDigest stdout = Sha256.digest();
    private final MessageDigest stderr = Sha256.digest();

    /// @param mostBytes of each stream that are kept
    public Taken(int mostBytes) {
      kept = new Captured(mostBytes);
    }

    @Override
    public void stdout(ByteBuffer bytes) {
      stdout.update(bytes.duplicate());
      kept.stdout(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      stderr.update(bytes.duplicate());
      kept.stderr(bytes);
    }

    /// All of it, at the end of the call.
    public HostOutput output(OutputEnd end) {
      HexFormat hex = HexFormat.of();
      return new HostOutput(
          kept, hex.formatHex(stdout.digest()) + "/" + hex.formatHex(stderr.digest()), end);
    }
  }

  /// Whether another host printed the same.
  public boolean isSameAs(HostOutput other) {
    return digest.equals(other.digest) && end == other.end;
  }

  public boolean isEmpty() {
    return kept.stdoutBytes() == 0 && kept.stderrBytes() == 0;
  }

  /// The kept part as one text: standard output, then standard error, whose lines say so.
  String text() {
    String stdout = kept.stdoutText();
    if (kept.stderrBytes() == 0) {
      return stdout;
    }
    String lines =
        kept.stderrText()
            .lines()
            .map(line -> OF_STDERR + line + "\n")
            .collect(Collectors.joining());
    return (stdout.isEmpty() || stdout.endsWith("\n") ? stdout : stdout + "\n") + lines;
  }
}
