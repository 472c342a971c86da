package initrunner.runtime.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopbackPeerTest {

  private static final List<String> AS_ANOTHER =
      List.of("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups");

  @Test
  void aConnectionOfOneselfIsNotForeign() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        Socket client = new Socket("127.0.0.1", server.getLocalPort());
        Socket accepted = server.accept()) {
      assertThat(client.isConnected()).isTrue();
      assertThat(LoopbackPeer.isForeign(accepted)).isFalse();
    }
  }

  @Test
  void aConnectionOfAnotherProcessOfTheAccountIsNotForeign() throws IOException {
    assertThat(isForeign(List.of())).isFalse();
  }

  @Test
  void aConnectionOfAnotherAccountIsForeign() throws IOException {
    assertThat(isForeign(AS_ANOTHER)).isTrue();
  }

  @Test
  void aConnectionThatIsGoneIsForeign() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Socket client = new Socket("127.0.0.1", server.getLocalPort());
      // It leaves no trace in the tables then.
      client.setSoLinger(true, 0);
      try (Socket accepted = server.accept()) {
        client.close();
        assertThat(LoopbackPeer.isForeign(accepted)).isTrue();
      }
    }
  }

  private static boolean isForeign(List<String> before) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      List<String> argv = new ArrayList<>(before);
      argv.addAll(
          List.of(
              "bash",
              "-c",
              "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort() + "; read -r line <&3"));
      Process client = new ProcessBuilder(argv).inheritIO().start();
      try (Socket accepted = server.accept()) {
        return LoopbackPeer.isForeign(accepted);
      } finally {
        client.destroyForcibly();
      }
    }
  }
}
