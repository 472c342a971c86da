package initrunner.cli;

import initrunner.audit.AuditQuery;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An agent whose tools run on the test's own host, with its audit log. Any server that speaks
/// OpenAI's protocol is its model.
///
/// @param directory holds its role and its audit log
/// @param work where its commands start
public record RemoteAgent(SshdExtension sshd, Path directory, Path work) {

  /// Writes a role with one tool.
  ///
  /// @param more of `spec`, as whole lines; blank for nothing
  public Path role(String tool, String more) throws IOException {
    String role =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: remote-agent
        spec:
          role: You are brief.
          model:
            provider: openai
            name: gpt-5-mini
        MORE  tools:
            TOOL
          security:
            sandbox:
              backend: ssh
              ssh:
                host: my-build-box
                config_file: CONFIG
                remote_cwd: WORK
        """;
    return Files.writeString(
        directory.resolve("role.yaml"),
        role.replace("MORE", more.isBlank() ? "" : more.indent(2))
            .replace("TOOL", tool)
            .replace("CONFIG", sshd.configFile().toString())
            .replace("WORK", work.toString()));
  }

  Path home() {
    return directory.resolve("home");
  }

  /// The model's calls, oldest first, without the questions that InitRunner asks the host before.
  List<AuditQuery.Event> events() {
    return new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 1000)
        .run(home().resolve("audit.db")).stream()
            .filter(row -> !row.details().contains(" tool=facts "))
            .toList()
            .reversed();
  }

  /// Whether a process of this machine runs; one that only waits to be reaped does not.
  static boolean isRunning(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) [ZX] .*");
    } catch (IOException gone) {
      return false;
    }
  }
}
