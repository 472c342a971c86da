package initrunner.runtime.ports;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whose connection it is that comes over this machine's loopback: each account of a machine can
/// connect to its ports. Linux says it in `/proc/net/tcp`; elsewhere that is unknown. Stateless.
final class LoopbackPeer {

  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  /// 127.0.0.1 as the table of version 4 has it, which also ends the one of version 6.
  private static final String LOOPBACK = "0100007F";

  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int OWNER = 7;

  /// The table names root as the owner of a connection that its client has closed.
  private static final String ESTABLISHED = "01";

  private LoopbackPeer() {}

  /// Whether an account other than this process's and root has made the connection. One that is
  /// gone from the tables counts as such.
  static boolean isForeign(Socket accepted) {
    Optional<String> own = own();
    if (own.isEmpty()) {
      return false;
    }
    String client = address(accepted.getPort());
    String server = address(accepted.getLocalPort());
    return TABLES.stream()
        .flatMap(table -> lines(table).stream())
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields.length > OWNER)
        .filter(fields -> fields[STATE].equals(ESTABLISHED))
        .filter(fields -> fields[LOCAL].endsWith(client) && fields[REMOTE].endsWith(server))
        .noneMatch(fields -> fields[OWNER].equals(own.get()) || fields[OWNER].equals("0"));
  }

  private static String address(int port) {
    return LOOPBACK + ":%04X".formatted(port).toUpperCase(Locale.ROOT);
  }

  /// Empty where the system has no such table.
  private static Optional<String> own() {
    try {
      return Files.isReadable(TABLES.getFirst())
          ? Optional.of(Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString())
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException noSuchSystem) {
      return Optional.empty();
    }
  }

  private static List<String> lines(Path table) {
    try {
      return Files.readAllLines(table);
    } catch (IOException noSuchTable) {
      return List.of();
    }
  }
}
