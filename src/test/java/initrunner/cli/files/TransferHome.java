package initrunner.cli.files;

import initrunner.cli.CapturedConsole;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A role with a host, a directory here and the one there in which its commands start, and the
/// commands that move files between them.
final class TransferHome {

  final Path here;
  final Path there;
  final Path role;
  private final Path home;
  private CapturedConsole console = CapturedConsole.of(Map.of());

  TransferHome(Path directory) {
    here = directory.resolve("here");
    there = directory.resolve("there");
    role = directory.resolve("role.yaml");
    home = directory.resolve("home");
  }

  static TransferHome in(Path directory, SshdExtension sshd) throws IOException {
    TransferHome made = new TransferHome(directory);
    Files.createDirectories(made.here);
    Files.createDirectories(made.there);
    made.writeRole(SshdExtension.HOST, sshd.configFile());
    return made;
  }

  void writeRole(String host, Path config) throws IOException {
    Files.writeString(
        role,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: file-mover
        spec:
          role: You build on the host.
          security:
            sandbox:
              backend: ssh
              ssh:
                host: %s
                config_file: %s
                remote_cwd: %s
        """
            .formatted(host, config, there));
  }

  /// Runs a command with the role, and returns its exit status.
  int run(String command, Object... words) {
    List<String> line = new ArrayList<>(List.of(command, role.toString()));
    for (Object word : words) {
      line.add(word.toString());
    }
    return runLine(line.toArray(String[]::new));
  }

  int runLine(String... line) {
    console = CapturedConsole.of(environment());
    return console.run(line);
  }

  Map<String, String> environment() {
    return Map.of("INITRUNNER_HOME", home.toString());
  }

  String stdout() {
    return console.stdout();
  }

  String stderr() {
    return console.stderr();
  }

  /// The rows of the audit log about transfers.
  String events() {
    CapturedConsole query = CapturedConsole.of(environment());
    query.run("audit", "security-events", "--event-type", "sandbox.transfer", "--format", "csv");
    return query.stdout();
  }

  static void write(Path root, String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
