package initrunner.ssh.master;

import initrunner.exec.transport.CallCookie;
import initrunner.text.PackagedText;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A process that knows the directories of connections and waits for the end of its input, which
/// comes with the end of the process that has started it. If that one was killed (SIGKILL, out of
/// memory), it ends the commands of calls on the hosts, then the connections. It runs while there
/// is a connection.
///
/// Safe for many threads, by its monitor. A method blocks while the process is started.
final class WatchProcess {

  private static final String SCRIPT = PackagedText.read(WatchProcess.class, "watch.sh");

  /// That of all connections of this process.
  static final WatchProcess OWN = new WatchProcess();

  private final Set<Path> directories = new LinkedHashSet<>();
  private Optional<Process> process = Optional.empty();

  /// What starts it.
  ///
  /// @param start the command line of the shell, in a session of its own where there can be one
  /// @param ssh the program that speaks to masters
  record Program(List<String> start, String ssh) {

    private Process started() throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(new ArrayList<>(start))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.command().addAll(List.of("-c", SCRIPT, "initrunner-watch", ssh));
      CallCookie.markOwn(builder.environment());
      return builder.start();
    }
  }

  /// Watches over a connection too. It has no watch where the machine starts no process.
  synchronized void add(Path directory, Program program) {
    directories.add(directory);
    try {
      if (isRunning()) {
        tell('+', directory);
      } else {
        startAgain(program);
      }
    } catch (IOException e) {
      log(e);
    }
  }

  private void startAgain(Program program) throws IOException {
    process = Optional.of(program.started());
    for (Path each : directories) {
      tell('+', each);
    }
  }

  synchronized boolean isRunning() {
    return process.filter(Process::isAlive).isPresent();
  }

  /// A connection is over.
  synchronized void remove(Path directory) {
    if (!directories.remove(directory)) {
      return;
    }
    if (directories.isEmpty()) {
      process.ifPresent(Process::destroyForcibly);
      process = Optional.empty();
      return;
    }
    try {
      tell('-', directory);
    } catch (IOException e) {
      log(e);
    }
  }

  private void tell(char what, Path directory) throws IOException {
    if (process.isPresent()) {
      OutputStream input = process.get().getOutputStream();
      input.write((what + directory.toString() + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    }
  }

  /// Does for one directory at once what it does at its end. Blocks up to the bound; an interrupt
  /// ends it, with the flag set again.
  static void endNow(Path directory, Program program, Duration bound) {
    WatchProcess watch = new WatchProcess();
    watch.add(directory, program);
    watch.process.ifPresent(process -> awaitEnd(process, bound));
  }

  private static void awaitEnd(Process process, Duration bound) {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(bound)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  private static void log(IOException e) {
    System.getLogger(WatchProcess.class.getName())
        .log(Level.DEBUG, "no process watches a master", e);
  }
}
