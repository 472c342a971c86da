package initrunner.exec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// A loopback port for a server that is told its port and binds it a moment later.
///
/// It lies below the range from which Linux takes the ports of outgoing connections and of servers
/// that ask for any port: only another search of this kind can take it meanwhile.
public final class FreePort {

  private static final int FIRST = 12_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 1000;

  private FreePort() {}

  /// Finds one.
  public static int find() {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port from " + FIRST + " to " + LAST + " is free");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (BindException taken) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
