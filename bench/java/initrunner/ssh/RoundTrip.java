package initrunner.ssh;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;

/// How long a round trip through a relay takes: what its timers and threads add to the delay that it
/// was asked for is no client's.
final class RoundTrip {

  private static final int TRIPS = 41;
  private static final int BYTES = 128;

  private RoundTrip() {}

  /// The median of some, through a relay of its own with this delay each way.
  static Duration through(Duration oneWay) throws IOException {
    try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Relay relay = new Relay(echo.getLocalPort(), oneWay)) {
      Thread.ofPlatform().daemon().start(() -> giveBack(echo));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        long[] nanos = new long[TRIPS];
        for (int trip = 0; trip < TRIPS; trip++) {
          long begin = System.nanoTime();
          socket.getOutputStream().write(new byte[BYTES]);
          in.readFully(new byte[BYTES]);
          nanos[trip] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[TRIPS / 2]);
      }
    }
  }

  private static void giveBack(ServerSocket echo) {
    try (Socket socket = echo.accept()) {
      socket.setTcpNoDelay(true);
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException theOtherEndIsClosed) {
      // It has what it wanted.
    }
  }
}
