package initrunner.ssh.master;

import initrunner.exec.transport.CallCookie;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/// The cookies of the calls that run over a master, in a file beside its socket: the process that
/// outlives this one where it is killed ends what these calls have left. An entry costs a write to
/// the page cache.
///
/// Safe for many threads; its monitor guards the entries.
final class RunningCalls implements AutoCloseable {

  private static final String FILE = "calls";

  /// Calls beyond these have no entry.
  private static final int MOST = 4096;

  /// Of [CallCookie#value].
  static final int COOKIE_CHARACTERS = 24;

  /// No entry.
  private static final int NONE = -1;

  private final Path file;
  private final BitSet taken = new BitSet();
  private Optional<RandomAccessFile> opened = Optional.empty();
  private boolean isClosed;

  RunningCalls(Path directory) {
    file = directory.resolve(FILE);
  }

  /// A call begins. Blocks on the file system only, and fails silently: the call is not watched
  /// then.
  ///
  /// @return its entry, for [#over]
  synchronized int begun(CallCookie cookie) {
    int entry = taken.nextClearBit(0);
    if (isClosed || entry >= MOST) {
      return NONE;
    }
    try {
      write(entry, cookie.value());
      taken.set(entry);
      return entry;
    } catch (IOException e) {
      log(e);
      return NONE;
    }
  }

  /// A call is over, so what it left running on purpose stays.
  ///
  /// @param entry of [#begun]
  synchronized void over(int entry) {
    if (isClosed || entry == NONE) {
      return;
    }
    try {
      write(entry, " ".repeat(COOKIE_CHARACTERS));
      taken.clear(entry);
    } catch (IOException e) {
      log(e);
    }
  }

  /// Whether calls were running when the process that had this directory was killed.
  static boolean areLeftIn(Path directory) {
    try {
      byte[] entries = RegularFile.bytes(directory.resolve(FILE), MOST * (COOKIE_CHARACTERS + 1));
      return !new String(entries, StandardCharsets.US_ASCII).isBlank();
    } catch (IOException none) {
      return false;
    }
  }

  private void write(int entry, String text) throws IOException {
    if (opened.isEmpty()) {
      opened = Optional.of(new RandomAccessFile(file.toFile(), "rw"));
    }
    byte[] line = (text + "\n").getBytes(StandardCharsets.US_ASCII);
    opened.get().seek((long) entry * line.length);
    opened.get().write(line);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    try {
      if (opened.isPresent()) {
        opened.get().close();
      }
    } catch (IOException e) {
      log(e);
    }
  }

  private static void log(IOException e) {
    System.getLogger(RunningCalls.class.getName())
        .log(Level.DEBUG, "no process watches over a call", e);
  }
}
