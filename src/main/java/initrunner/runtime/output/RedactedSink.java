package initrunner.runtime.output;

import initrunner.exec.Sink;
import initrunner.text.Redaction;
import initrunner.text.SecretValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Passes output on as bytes, with the known secrets replaced in all their forms. It holds back
/// only bytes that may be the beginning of one. For one thread.
public final class RedactedSink implements Sink {

  private static final byte[] MARK = Redaction.MARK.getBytes(StandardCharsets.US_ASCII);

  private final List<byte[]> secrets;
  private final OneStream stdout;
  private final OneStream stderr;

  public RedactedSink(Sink next, SecretValues values) {
    this.secrets =
        values.forms().stream()
            .map(form -> form.getBytes(StandardCharsets.UTF_8))
            .sorted((one, other) -> other.length - one.length)
            .toList();
    this.stdout = new OneStream(next::stdout);
    this.stderr = new OneStream(next::stderr);
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    stdout.add(bytes);
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    stderr.add(bytes);
  }

  /// Passes on what is held back.
  public void finish() {
    stdout.finish();
    stderr.finish();
  }

  /// One of the two streams.
  private final class OneStream {

    private final Consumer<ByteBuffer> next;
    private byte[] held = {};

    OneStream(Consumer<ByteBuffer> next) {
      this.next = next;
    }

    void add(ByteBuffer bytes) {
      if (secrets.isEmpty()) {
        next.accept(bytes);
      } else {
        add(bytes, false);
      }
    }

    private void add(ByteBuffer bytes, boolean isLast) {
      byte[] all = Arrays.copyOf(held, held.length + bytes.remaining());
      bytes.get(all, held.length, bytes.remaining());
      int from = 0;
      int at = 0;
      while (at < all.length) {
        int length = secretAt(all, at, isLast);
        if (length < 0) {
          break;
        }
        if (length > 0) {
          pass(all, from, at);
          next.accept(ByteBuffer.wrap(MARK).asReadOnlyBuffer());
          from = at + length;
        }
        at += Math.max(1, length);
      }
      pass(all, from, at);
      held = Arrays.copyOfRange(all, at, all.length);
    }

    /// The length of the longest secret there; 0 if there is none, and -1 if more bytes have to
    /// tell.
    private int secretAt(byte[] all, int at, boolean isLast) {
      for (byte[] secret : secrets) {
        int length = Math.min(secret.length, all.length - at);
        if (Arrays.equals(all, at, at + length, secret, 0, length)) {
          if (length == secret.length) {
            return length;
          }
          if (!isLast) {
            return -1;
          }
        }
      }
      return 0;
    }

    private void pass(byte[] all, int from, int to) {
      if (to > from) {
        next.accept(ByteBuffer.wrap(all, from, to - from));
      }
    }

    void finish() {
      add(ByteBuffer.allocate(0), true);
    }
  }
}
