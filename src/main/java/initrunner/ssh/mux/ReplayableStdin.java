package initrunner.ssh.mux;

import initrunner.exec.Stdin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;

/// A command's input that can be given again from its beginning while little of it was taken: an
/// `ssh` that failed, or a shell that was gone, has taken some of it.
///
/// Safe for many threads. What a thread of an earlier reading still gets from the source, the later
/// reading is given too.
public final class ReplayableStdin {

  /// More than a pipe holds. Beyond it, a program at the other end has read.
  private static final int MAX_KEPT_BYTES = 2 * 1024 * 1024;

  private final Stdin stdin;
  private final ReentrantLock reading = new ReentrantLock();
  private ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean ended;
  private volatile boolean spent;

  public ReplayableStdin(Stdin stdin) {
    this.stdin = stdin;
  }

  /// Whether [#fromTheBeginning] still gives all of it.
  public boolean isReplayable() {
    return !spent;
  }

  /// The whole input. An earlier reading must be at its end, or about to notice that it is.
  public Stdin fromTheBeginning() {
    return switch (stdin) {
      // What is typed is read only once the command was sent.
      case Stdin.Nothing _, Stdin.Bytes _, Stdin.Terminal _ -> stdin;
      case Stdin.Stream(InputStream source) -> new Stdin.Stream(new Reading(source));
    };
  }

  private final class Reading extends InputStream {
    private final InputStream source;
    private int position;

    Reading(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int length = read(one, 0, 1);
      return length < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      reading.lock();
      try {
        if (!spent && position < kept.size()) {
          int given = Math.min(length, kept.size() - position);
          System.arraycopy(kept.toByteArray(), position, bytes, offset, given);
          position += given;
          return given;
        }
        int given = ended ? -1 : source.read(bytes, offset, length);
        if (given < 0) {
          ended = true;
        } else {
          position += given;
          keep(bytes, offset, given);
        }
        return given;
      } finally {
        reading.unlock();
      }
    }

    private void keep(byte[] bytes, int offset, int given) {
      if (!spent && kept.size() + given <= MAX_KEPT_BYTES) {
        kept.write(bytes, offset, given);
      } else {
        spent = true;
        kept = new ByteArrayOutputStream();
      }
    }
  }
}
