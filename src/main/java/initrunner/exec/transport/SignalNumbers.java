package initrunner.exec.transport;

import java.util.Map;
import java.util.Optional;

/// The numbers of signals as `kill -l` of a shell on Linux has them; those up to 15 are the same on
/// every POSIX system.
public final class SignalNumbers {

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", 2),
          Map.entry("QUIT", 3),
          Map.entry("ILL", 4),
          Map.entry("TRAP", 5),
          Map.entry("ABRT", 6),
          Map.entry("BUS", 7),
          Map.entry("FPE", 8),
          Map.entry("KILL", 9),
          Map.entry("USR1", 10),
          Map.entry("SEGV", 11),
          Map.entry("USR2", 12),
          Map.entry("PIPE", 13),
          Map.entry("ALRM", 14),
          Map.entry("TERM", 15),
          Map.entry("XCPU", 24),
          Map.entry("XFSZ", 25),
          Map.entry("SYS", 31));

  private SignalNumbers() {}

  /// The number of a signal, named without `SIG`.
  public static Optional<Integer> number(String name) {
    return Optional.ofNullable(NUMBERS.get(name));
  }

  /// The name of a signal, without `SIG`.
  public static Optional<String> name(int number) {
    return NUMBERS.entrySet().stream()
        .filter(entry -> entry.getValue() == number)
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
