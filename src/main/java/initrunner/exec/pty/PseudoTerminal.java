package initrunner.exec.pty;

import initrunner.exec.Stdin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntUnaryOperator;

/// A pseudo-terminal of this machine: the side that stands for the keyboard and the screen. The
/// other side is a device, which a command opens by the words of [#onIt]. Needs Linux, and a JVM
/// that may call native functions.
///
/// One thread reads [#output] and one writes [#keys]; both must be platform threads, as a call of
/// the system holds them. The other methods may be called by any thread and do not block.
public final class PseudoTerminal implements AutoCloseable {

  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final long TIOCSWINSZ = 0x5414;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;
  private static final int POLLERR_OR_POLLHUP = 8 | 16;
  private static final int TCSANOW = 0;

  /// In a `struct termios`, behind three other sets of flags.
  private static final int INPUT_FLAGS = 0;

  private static final int LOCAL_FLAGS = 3;
  private static final int IUTF8 = 0x4000;
  private static final int ICRNL = 0x100;
  private static final int IXON = 0x400;
  private static final int ISIG = 1;
  private static final int ICANON = 2;
  private static final int ECHO = 8;

  /// Larger than any C library's `struct termios`.
  private static final long MODES_BYTES = 256;

  private static final long NAME_BYTES = 128;
  private static final long BUFFER_BYTES = 32 * 1024;
  private static final long WATCHED_BYTES = 8;

  /// Where Linux has the numbers above.
  private static final Set<String> ARCHITECTURES =
      Set.of("amd64", "x86_64", "aarch64", "riscv64", "s390x", "loongarch64");

  /// A session leader without a terminal gets the one that it opens. The JVM must never open it: in
  /// a container it is such a leader, and would be hung up with the command.
  private static final String OPENING = "exec <>\"$0\" >&0 2>&1; exec \"$@\"";

  private final Stdin.Terminal terminal;
  private final int descriptor;
  private final int closer;
  private final String device;
  private final Arena arena = Arena.ofAuto();
  private final Watch output = new Watch(POLLIN);
  private final Watch keys = new Watch(POLLOUT);

  /// A thread that uses a descriptor holds it for reading, so that no other file has its number
  /// yet.
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private volatile boolean closing;
  private boolean closed;

  private PseudoTerminal(Stdin.Terminal terminal, int descriptor, int closer, String device) {
    this.terminal = terminal;
    this.descriptor = descriptor;
    this.closer = closer;
    this.device = device;
  }

  /// Opens one that follows the size of `terminal`, and tells it whether a program asks for a
  /// secret.
  ///
  /// @throws IOException if there is none, with the reason
  public static PseudoTerminal open(Stdin.Terminal terminal) throws IOException {
    requireKnownSystem();
    PseudoTerminal opened;
    try {
      opened = openNow(terminal);
    } catch (LinkageError | IllegalCallerException e) {
      throw new IOException("this JVM may not call native functions", e);
    }
    opened.set(INPUT_FLAGS, flags -> flags | IUTF8);
    terminal.afterResize(opened::resize);
    terminal.secretsAskedBy(opened::asksSecret);
    opened.resize();
    return opened;
  }

  private static void requireKnownSystem() throws IOException {
    String system = System.getProperty("os.name", "");
    String architecture = System.getProperty("os.arch", "");
    if (!system.equals("Linux") || !ARCHITECTURES.contains(architecture)) {
      throw new IOException("InitRunner makes none on " + system + " " + architecture);
    }
  }

  private static PseudoTerminal openNow(Stdin.Terminal terminal) throws IOException {
    PtyFunctions.Opened opened =
        PtyFunctions.openTerminal(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened.descriptor() < 0) {
      throw new IOException("/dev/ptmx: " + opened.failure());
    }
    int closer = PtyFunctions.eventDescriptor(O_NONBLOCK | O_CLOEXEC);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_BYTES);
      if (closer < 0
          || !PtyFunctions.grantAndUnlock(opened.descriptor())
          || PtyFunctions.name(opened.descriptor(), name) != 0) {
        throw new IOException("no file descriptor is left, or /dev/pts is not mounted");
      }
      return new PseudoTerminal(terminal, opened.descriptor(), closer, name.getString(0));
    } catch (IOException e) {
      PtyFunctions.close(opened.descriptor());
      if (closer >= 0) {
        PtyFunctions.close(closer);
      }
      throw e;
    }
  }

  /// The words that run a command on this terminal, in a session of its own: the terminal's keys
  /// for signals reach it then. Its exit status is the command's.
  ///
  /// @param setsid the path of that program, of util-linux or BusyBox
  /// @param shell the path of a POSIX shell
  public List<String> onIt(String setsid, String shell, List<String> argv) {
    List<String> words = new ArrayList<>(List.of(setsid, shell, "-c", OPENING, device));
    words.addAll(argv);
    return words;
  }

  /// Passes each key on as it is typed, without an echo. To be called before a command opens it.
  public void passLines() {
    set(INPUT_FLAGS, flags -> flags & ~(ICRNL | IXON));
    set(LOCAL_FLAGS, flags -> flags & ~(ISIG | ICANON | ECHO));
  }

  private void set(int index, IntUnaryOperator change) {
    MemorySegment modes = arena.allocate(MODES_BYTES);
    if (PtyFunctions.getModes(descriptor, modes) == 0) {
      int flags = modes.getAtIndex(ValueLayout.JAVA_INT, index);
      modes.setAtIndex(ValueLayout.JAVA_INT, index, change.applyAsInt(flags));
      int ignored = PtyFunctions.setModes(descriptor, TCSANOW, modes);
    }
  }

  private void resize() {
    Stdin.Terminal.Size size = terminal.size();
    use.readLock().lock();
    try (Arena brief = Arena.ofConfined()) {
      MemorySegment window = brief.allocate(ValueLayout.JAVA_SHORT, 4);
      window.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) size.rows());
      window.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) size.columns());
      if (!closed) {
        int ignored = PtyFunctions.ioctl(descriptor, TIOCSWINSZ, window);
      }
    } finally {
      use.readLock().unlock();
    }
  }

  private Optional<Boolean> asksSecret() {
    return localFlags().filter(flags -> (flags & ICANON) != 0).map(flags -> (flags & ECHO) == 0);
  }

  /// Whether the program on it takes each key by itself; empty once it is closed.
  public Optional<Boolean> takesKeys() {
    return localFlags().map(flags -> (flags & (ICANON | ECHO | ISIG)) == 0);
  }

  private Optional<Integer> localFlags() {
    use.readLock().lock();
    try (Arena brief = Arena.ofConfined()) {
      MemorySegment modes = brief.allocate(MODES_BYTES);
      return closed || PtyFunctions.getModes(descriptor, modes) != 0
          ? Optional.empty()
          : Optional.of(modes.getAtIndex(ValueLayout.JAVA_INT, LOCAL_FLAGS));
    } finally {
      use.readLock().unlock();
    }
  }

  /// What programs write on it. It ends when no program has it open any more, or at the close.
  public InputStream output() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        return PseudoTerminal.this.read(into, offset, length);
      }
    };
  }

  private int read(byte[] into, int offset, int length) {
    use.readLock().lock();
    try {
      MemorySegment buffer = output.buffer.asSlice(0, Math.min(length, BUFFER_BYTES));
      // The descriptor stays ours from this look at the flag on: closing waits for the lock.
      while (!closing) {
        int events = output.await();
        long count = PtyFunctions.read(descriptor, buffer);
        if (count > 0) {
          MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, (int) count);
          return (int) count;
        }
        if ((events & POLLERR_OR_POLLHUP) != 0) {
          break;
        }
      }
      return -1;
    } finally {
      use.readLock().unlock();
    }
  }

  /// What is typed on it. Closing it changes nothing: a terminal's keys have no end.
  public OutputStream keys() {
    return new OutputStream() {
      @Override
      public void write(int key) throws IOException {
        write(new byte[] {(byte) key}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        PseudoTerminal.this.write(bytes, offset, length);
      }
    };
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    use.readLock().lock();
    try {
      while (done < length) {
        if (closing || (keys.await() & POLLERR_OR_POLLHUP) != 0) {
          throw new IOException("no program has the terminal open");
        }
        int part = (int) Math.min(length - done, BUFFER_BYTES);
        MemorySegment.copy(bytes, offset + done, keys.buffer, ValueLayout.JAVA_BYTE, 0, part);
        done += (int) Math.max(0, PtyFunctions.write(descriptor, keys.buffer.asSlice(0, part)));
      }
    } finally {
      use.readLock().unlock();
    }
  }

  /// Hangs up: what still runs on it gets HUP. The threads that read and write see its end at once.
  /// A second time does nothing.
  @Override
  public void close() {
    closing = true;
    use.readLock().lock();
    try (Arena brief = Arena.ofConfined()) {
      MemorySegment number = brief.allocate(ValueLayout.JAVA_LONG);
      number.set(ValueLayout.JAVA_LONG, 0, 1);
      if (!closed) {
        long ignored = PtyFunctions.write(closer, number);
      }
    } finally {
      use.readLock().unlock();
    }
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        PtyFunctions.close(descriptor);
        PtyFunctions.close(closer);
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  /// What one thread waits for, and its bytes on the way.
  private final class Watch {

    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);

    /// Two of `struct pollfd`: a descriptor, the events wanted, and those that came.
    private final MemorySegment watched = arena.allocate(2 * WATCHED_BYTES, 4);

    private final short wanted;

    Watch(short wanted) {
      this.wanted = wanted;
    }

    /// Blocks until there is something to do, or the terminal is being closed.
    ///
    /// @return the events of the terminal
    int await() {
      watch(0, descriptor, wanted);
      watch(1, closer, POLLIN);
      return PtyFunctions.poll(watched, 2) > 0 ? watched.get(ValueLayout.JAVA_SHORT, 6) : 0;
    }

    private void watch(int index, int watchedDescriptor, short events) {
      MemorySegment entry = watched.asSlice(index * WATCHED_BYTES, WATCHED_BYTES);
      entry.set(ValueLayout.JAVA_INT, 0, watchedDescriptor);
      entry.set(ValueLayout.JAVA_SHORT, 4, events);
      entry.set(ValueLayout.JAVA_SHORT, 6, (short) 0);
    }
  }
}
