package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditQuery;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What calls did: the audit log says how they ended, and the process table what still runs.
public final class McpCalls {

  private McpCalls() {}

  /// The details of the commands that ended, the newest first.
  ///
  /// @param directory has the audit log, in `home`
  public static List<String> ended(Path directory) {
    return new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 1000)
        .run(directory.resolve("home/audit.db")).stream().map(AuditQuery.Event::details).toList();
  }

  /// How many commands of clients were cancelled and are proven to be gone.
  public static long provenStops(Path directory) {
    return ended(directory).stream()
        .filter(row -> !row.contains(" tool=facts "))
        .filter(row -> row.contains(" ended=cancelled stop=stopped "))
        .count();
  }

  public static void awaitProvenStops(Path directory, long stops) throws InterruptedException {
    for (int i = 0; i < 400 && provenStops(directory) < stops; i++) {
      Thread.sleep(50);
    }
    assertThat(provenStops(directory)).isEqualTo(stops);
  }

  /// The running commands whose line ends so.
  public static List<String> commands(String line) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(each -> each.endsWith(line))
        .toList();
  }

  public static void awaitCommand(String line) throws InterruptedException {
    // One that has just begun may have no command line for a moment.
    List<String> found = commands(line);
    for (int i = 0; i < 400 && found.isEmpty(); i++) {
      Thread.sleep(50);
      found = commands(line);
    }
    assertThat(found).isNotEmpty();
  }

  /// Waits until no such command runs.
  public static void awaitNoCommand(String line) throws InterruptedException {
    for (int i = 0; i < 200 && !commands(line).isEmpty(); i++) {
      Thread.sleep(50);
    }
    assertThat(commands(line)).isEmpty();
  }
}
