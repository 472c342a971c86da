package initrunner.cli.console;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Calls of the operating system for this process's terminal (POSIX `termios.h`). A failed call
/// does nothing. Stateless.
@SuppressWarnings("restricted") // the functions are called with the types that POSIX gives them
public final class NativeTerminal {

  private static final int STDIN = 0;
  private static final int STDERR = 2;
  private static final boolean IS_MAC = System.getProperty("os.name", "").startsWith("Mac");
  private static final int TCIFLUSH = IS_MAC ? 1 : 0;
  private static final long TIOCGWINSZ = IS_MAC ? 0x40087468L : 0x5413L;

  /// Looked up once, at the first use.
  private static final class WindowSize {

    private static final MethodHandle IOCTL =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));

    private WindowSize() {}
  }

  private NativeTerminal() {}

  /// Drops typed keys that no program has read, also an incomplete line.
  public static void discardTyped() {
    try {
      Linker linker = Linker.nativeLinker();
      Object ignored =
          linker
              .downcallHandle(
                  linker.defaultLookup().findOrThrow("tcflush"),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
              .invoke(STDIN, TCIFLUSH);
    } catch (Throwable unavailable) {
      log("throwing away what was typed", unavailable);
    }
  }

  /// Rows and columns of the terminal on standard error; empty if it is not a terminal.
  static Optional<TerminalSize> size() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
      int failed = (int) WindowSize.IOCTL.invoke(STDERR, TIOCGWINSZ, size);
      int rows = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1));
      return Optional.of(new TerminalSize(rows, columns))
          .filter(_ -> failed == 0 && rows > 0 && columns > 0);
    } catch (Throwable unavailable) {
      log("asking how large the terminal is", unavailable);
      return Optional.empty();
    }
  }

  private static void log(String what, Throwable why) {
    System.getLogger(NativeTerminal.class.getName())
        .log(System.Logger.Level.DEBUG, what + ": " + why);
  }
}
