package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.ssh.mux.MasterControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// The masters of the transports that this process has open.
public final class OwnMasters {

  private static final Duration BOUND = Duration.ofSeconds(20);

  private OwnMasters() {}

  public static List<Path> controlSockets() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path directory : PrivateDirectories.of(ProcessHandle.current().pid())) {
      Path socket = directory.resolve("ctl.sock");
      if (Files.exists(socket)) {
        found.add(socket);
      }
    }
    return found;
  }

  /// The only one's.
  static Path controlSocket() throws IOException {
    List<Path> sockets = controlSockets();
    assertThat(sockets).hasSize(1);
    return sockets.getFirst();
  }

  /// Its process.
  static ProcessHandle process(Path controlSocket) {
    OptionalLong pid = MasterControl.pid(controlSocket, BOUND);
    assertThat(pid).as("the master behind " + controlSocket).isPresent();
    return ProcessHandle.of(pid.getAsLong()).orElseThrow();
  }
}
