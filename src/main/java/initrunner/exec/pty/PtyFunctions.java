package initrunner.exec.pty;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The functions of the C library for terminals (POSIX `stdlib.h`, `termios.h`, `poll.h`), and what
/// Linux adds. Each returns what the function returns. Stateless, safe for many threads.
@SuppressWarnings("restricted") // the functions are called with the types that POSIX gives them
final class PtyFunctions {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_FIELD =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("posix_openpt"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT),
          ERRNO);
  private static final MethodHandle GRANT =
      of("grantpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle UNLOCK =
      of("unlockpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle NAME =
      of("ptsname_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle ERROR_TEXT =
      of("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));
  private static final MethodHandle IOCTL =
      of(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle GET_MODES =
      of("tcgetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle SET_MODES =
      of("tcsetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle POLL =
      of("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENT_FD =
      of("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      of("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      of("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle CLOSE = of("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private static final int LONGEST_ERROR = 200;

  private PtyFunctions() {}

  private static MethodHandle of(
      String function, FunctionDescriptor types, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(function), types, options);
  }

  /// A file descriptor, or why there is none.
  record Opened(int descriptor, String failure) {}

  static Opened openTerminal(int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      int descriptor = (int) OPEN.invokeExact(state, flags);
      return descriptor >= 0
          ? new Opened(descriptor, "")
          : new Opened(descriptor, errorText((int) ERRNO_FIELD.get(state, 0L)));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static String errorText(int number) throws Throwable {
    MemorySegment text = (MemorySegment) ERROR_TEXT.invokeExact(number);
    return text.reinterpret(LONGEST_ERROR).getString(0);
  }

  /// Makes the terminal's other side usable.
  static boolean grantAndUnlock(int descriptor) {
    try {
      return (int) GRANT.invokeExact(descriptor) == 0 && (int) UNLOCK.invokeExact(descriptor) == 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Writes the path of the terminal's other side as a C string.
  static int name(int descriptor, MemorySegment into) {
    try {
      return (int) NAME.invokeExact(descriptor, into, into.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int ioctl(int descriptor, long request, MemorySegment argument) {
    try {
      return (int) IOCTL.invokeExact(descriptor, request, argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @param modes a `struct termios`
  static int getModes(int descriptor, MemorySegment modes) {
    try {
      return (int) GET_MODES.invokeExact(descriptor, modes);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @param modes a `struct termios`
  static int setModes(int descriptor, int when, MemorySegment modes) {
    try {
      return (int) SET_MODES.invokeExact(descriptor, when, modes);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Blocks until one of the descriptors has what it is watched for.
  ///
  /// @param watched an array of `struct pollfd`
  static int poll(MemorySegment watched, long count) {
    try {
      return (int) POLL.invokeExact(watched, count, -1);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// A descriptor that is readable from when a number was written to it.
  static int eventDescriptor(int flags) {
    try {
      return (int) EVENT_FD.invokeExact(0, flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long read(int descriptor, MemorySegment into) {
    try {
      return (long) READ.invokeExact(descriptor, into, into.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long write(int descriptor, MemorySegment from) {
    try {
      return (long) WRITE.invokeExact(descriptor, from, from.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void close(int descriptor) {
    try {
      int ignored = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// A call throws only if it was written with other types than the function's.
  private static IllegalStateException unexpected(Throwable thrown) {
    return new IllegalStateException(thrown);
  }
}
