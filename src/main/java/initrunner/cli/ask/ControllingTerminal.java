package initrunner.cli.ask;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The terminal that controls this process, `/dev/tty` (POSIX `termios.h`): keys typed there arrive
/// one by one and are not shown, until [#close] sets it as it was. It is there also where standard
/// input and outputs lead elsewhere.
///
/// For one thread, except [#restore], which any thread may call. Blocks for a fifth of a second at
/// most, in a call of the system: on a platform thread only.
@SuppressWarnings("restricted") // the functions are called with the types that POSIX gives them
final class ControllingTerminal implements AutoCloseable {

  static final String PATH = "/dev/tty";

  private static final boolean IS_MAC = System.getProperty("os.name", "").startsWith("Mac");

  private static final int READ_WRITE = 2;
  private static final int NOW = 0;
  private static final int DROPPING_TYPED = 2;
  private static final int OWN_GROUP = 0;

  /// `SIG_DFL` and `SIG_IGN`.
  private static final long USUAL = 0;

  private static final long IGNORED = 1;
  private static final int SIGINT = 2;
  private static final int SIGTSTP = IS_MAC ? 18 : 20;

  private static final int MODES_BYTES = 128;
  private static final long LOCAL_MODES_OFFSET = IS_MAC ? 24 : 12;
  private static final long CHARACTERS_OFFSET = IS_MAC ? 32 : 17;
  private static final int LEAST_BYTES = IS_MAC ? 16 : 6;
  private static final int TENTHS = IS_MAC ? 17 : 5;

  /// `ECHO`, `ICANON`, `ISIG` and `IEXTEN`.
  private static final int SWITCHED_OFF =
      IS_MAC ? 0x8 | 0x100 | 0x80 | 0x400 : 0x8 | 0x2 | 0x1 | 0x8000;

  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE = ofInts("close", 1);
  private static final MethodHandle KILL = ofInts("kill", 2);
  private static final MethodHandle RAISE = ofInts("raise", 1);
  private static final MethodHandle HANDLE_SIGNAL =
      function(
          "signal",
          FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  private static final MethodHandle READ = ofBytes("read");
  private static final MethodHandle WRITE = ofBytes("write");
  private static final MethodHandle MODES =
      function(
          "tcgetattr",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  private static final MethodHandle SET_MODES =
      function(
          "tcsetattr",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));

  private final Arena arena = Arena.ofShared();
  private final int file;
  private final MemorySegment before = arena.allocate(MODES_BYTES);
  private final MemorySegment during = arena.allocate(MODES_BYTES);
  private final MemorySegment found = arena.allocate(MODES_BYTES);
  private final MemorySegment key = arena.allocate(1);
  private boolean restored;

  private ControllingTerminal(int file) {
    this.file = file;
  }

  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
  }

  private static MethodHandle ofInts(String name, int arguments) {
    MemoryLayout[] types = new MemoryLayout[arguments];
    Arrays.fill(types, ValueLayout.JAVA_INT);
    return function(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, types));
  }

  private static MethodHandle ofBytes(String name) {
    return function(
        name,
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG));
  }

  /// Opens it, and drops what was typed before.
  ///
  /// @throws IOException if this process has none
  static ControllingTerminal open() throws IOException {
    int file;
    try (Arena arena = Arena.ofConfined()) {
      file = (int) OPEN.invoke(arena.allocateFrom(PATH), READ_WRITE);
    } catch (Throwable unavailable) {
      throw new IOException(unavailable);
    }
    if (file < 0) {
      throw new IOException(PATH + " cannot be opened");
    }
    ControllingTerminal terminal = new ControllingTerminal(file);
    try {
      terminal.modes(terminal.before);
      terminal.during.copyFrom(terminal.before);
      int local = terminal.before.get(ValueLayout.JAVA_INT, LOCAL_MODES_OFFSET);
      terminal.during.set(ValueLayout.JAVA_INT, LOCAL_MODES_OFFSET, local & ~SWITCHED_OFF);
      terminal.during.set(ValueLayout.JAVA_BYTE, CHARACTERS_OFFSET + LEAST_BYTES, (byte) 0);
      terminal.during.set(ValueLayout.JAVA_BYTE, CHARACTERS_OFFSET + TENTHS, (byte) 2);
      terminal.set(DROPPING_TYPED, terminal.during);
      return terminal;
    } catch (IOException e) {
      terminal.close();
      throw e;
    }
  }

  private void modes(MemorySegment into) throws IOException {
    try {
      require((int) MODES.invoke(file, into));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private void set(int when, MemorySegment modes) throws IOException {
    try {
      require((int) SET_MODES.invoke(file, when, modes));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static void require(int status) throws IOException {
    if (status < 0) {
      throw new IOException("the terminal is gone");
    }
  }

  private static IOException failed(Throwable e) {
    return e instanceof IOException known ? known : new IOException(e);
  }

  /// The next byte that is typed, or -1 if none came in a fifth of a second. A shell that has
  /// stopped this process and continues it may have set the terminal otherwise: that ends here.
  int read() throws IOException {
    modes(found);
    if (found.mismatch(during) >= 0) {
      set(NOW, during);
    }
    try {
      long count = (long) READ.invoke(file, key, 1L);
      require((int) Math.min(count, 1));
      return count == 0 ? -1 : Byte.toUnsignedInt(key.get(ValueLayout.JAVA_BYTE, 0));
    } catch (Throwable e) {
      throw failed(e);
    } finally {
      key.fill((byte) 0);
    }
  }

  /// Shows a text, which the terminal obeys.
  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  void write(byte[] bytes) throws IOException {
    try (Arena confined = Arena.ofConfined()) {
      MemorySegment memory = confined.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      long written = 0;
      while (written < bytes.length) {
        long count = (long) WRITE.invoke(file, memory.asSlice(written), bytes.length - written);
        require((int) Math.min(count, 1));
        written += count;
      }
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// Does what the terminal would have done at Ctrl-C: also a script that started this ends.
  void interrupt() {
    try {
      var _ = (int) KILL.invoke(OWN_GROUP, SIGINT);
    } catch (Throwable e) {
      log("sending SIGINT", e);
    }
  }

  /// Does what the terminal would have done at Ctrl-Z, with the terminal as it was before: stops
  /// this process and those beside it. Returns when a shell continues them.
  void suspend() throws IOException {
    set(NOW, before);
    stop();
    set(NOW, during);
  }

  /// A signal to a group of processes stops this one at some time after the call. One that a thread
  /// sends to itself stops it before the next line.
  private static void stop() {
    try {
      MemorySegment handler =
          (MemorySegment) HANDLE_SIGNAL.invoke(SIGTSTP, MemorySegment.ofAddress(IGNORED));
      var _ = (int) KILL.invoke(OWN_GROUP, SIGTSTP);
      var _ = (MemorySegment) HANDLE_SIGNAL.invoke(SIGTSTP, MemorySegment.ofAddress(USUAL));
      var _ = (int) RAISE.invoke(SIGTSTP);
      var _ = (MemorySegment) HANDLE_SIGNAL.invoke(SIGTSTP, handler);
    } catch (Throwable e) {
      log("stopping this process", e);
    }
  }

  private static void log(String what, Throwable e) {
    System.getLogger(ControllingTerminal.class.getName()).log(System.Logger.Level.DEBUG, what, e);
  }

  /// Sets the terminal as it was before.
  synchronized void restore() {
    if (restored) {
      return;
    }
    restored = true;
    try {
      set(NOW, before);
    } catch (IOException gone) {
      log("setting the terminal as it was", gone);
    }
  }

  @Override
  public void close() {
    restore();
    try {
      var _ = (int) CLOSE.invoke(file);
    } catch (Throwable e) {
      log("closing the terminal", e);
    }
    arena.close();
  }
}
