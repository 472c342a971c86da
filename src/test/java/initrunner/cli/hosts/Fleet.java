package initrunner.cli.hosts;

import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The ssh configuration of many hosts, and a role for them.
public final class Fleet {

  private Fleet() {}

  /// Writes both. All hosts are the server, where their own lines say nothing else.
  ///
  /// @param lines of the configuration, in front
  /// @return the role
  public static Path write(Path directory, SshdExtension sshd, List<String> lines)
      throws IOException {
    List<String> config = new ArrayList<>(lines);
    config.addAll(List.of("Host *", "  HostKeyAlias [127.0.0.1]:" + sshd.port()));
    Files.readAllLines(sshd.configFile()).stream()
        .filter(line -> !line.contains("HostName") && !line.startsWith("Host "))
        .forEach(config::add);
    Files.write(directory.resolve("config"), config);
    return Files.writeString(
        directory.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: fleet
        spec:
          role: You look after hosts.
          security:
            sandbox:
              backend: ssh
              ssh:
                host: n001
                connect_timeout: 2
                config_file: %s
        """
            .formatted(directory.resolve("config")));
  }

  /// The lines of hosts `n001` and so on, each with an address of its own.
  public static List<String> hosts(int count, String... more) {
    List<String> lines = new ArrayList<>();
    for (int at = 1; at <= count; at++) {
      lines.add("Host n%03d".formatted(at));
      lines.add("  HostName 127.0.1." + at);
      lines.addAll(List.of(more));
    }
    return lines;
  }
}
