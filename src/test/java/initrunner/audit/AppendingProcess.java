package initrunner.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A process of its own that appends records, and says so on its standard output after each: `0`,
/// `1`, `2` …; with a number of threads as fourth argument, each of these in its own name, as in
/// `agent-3 0`.
final class AppendingProcess {

  private AppendingProcess() {}

  public static void main(String[] args) {
    int count = Integer.parseInt(args[2]);
    try (AuditStore store = AuditStore.open(Path.of(args[0]))) {
      if (args.length == 3) {
        append(store, args[1], count, "");
        return;
      }
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < Integer.parseInt(args[3]); i++) {
          String agent = args[1] + "-" + i;
          threads.execute(() -> append(store, agent, count, agent + " "));
        }
      }
    }
  }

  private static void append(AuditStore store, String agent, int count, String prefix) {
    for (int i = 0; i < count; i++) {
      store.append(event(agent, i));
      System.out.println(prefix + i);
    }
  }

  static AuditEvent event(String agent, int number) {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("n", Integer.toString(number));
    return new AuditEvent(Instant.now(), "sandbox.exec", agent, details);
  }

  /// Starts one that appends records 0 to `count` - 1 in the name of this agent.
  static Process start(Path temporary, Path database, String agent, int count) throws IOException {
    return start(
        List.of(),
        temporary,
        System.getProperty("java.class.path"),
        List.of(database.toString(), agent, Integer.toString(count)));
  }

  /// @param prefix what comes before the JVM's own command line
  /// @param temporary where the driver may extract to, and leave, its library
  static Process start(
      List<String> prefix, Path temporary, String classPath, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.sqlite.tmpdir=" + temporary,
            "-cp",
            classPath));
    command.add(AppendingProcess.class.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Waits until it has said this number, or its output has ended.
  static void awaitAppended(BufferedReader output, int number) throws IOException {
    String line = output.readLine();
    while (line != null && !line.equals(Integer.toString(number))) {
      line = output.readLine();
    }
  }
}
