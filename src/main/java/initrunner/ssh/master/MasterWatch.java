package initrunner.ssh.master;

import initrunner.exec.Command;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.SearchPath;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.shell.LoginShell;
import initrunner.text.OwnersFile;
import initrunner.text.PackagedText;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A process that waits for the end of its input, which comes with its owner's end. If the owner
/// was killed (SIGKILL, out of memory), it ends the commands of the owner's calls on the host, then
/// the master. Without it the master would stay while a command runs, and a command that neither
/// reads nor writes would outlive the master too.
///
/// Safe for many threads.
final class MasterWatch implements AutoCloseable {

  private static final String SCRIPT = PackagedText.read(MasterWatch.class, "watch.sh");
  private static final String LEFT = PackagedText.read(MasterWatch.class, "left.sh");

  /// The script replaces it with the cookie of a call, whose length it has.
  private static final String COOKIE_PLACEHOLDER = "x".repeat(RunningCalls.COOKIE_CHARACTERS);

  private static final Duration END_BOUND = Duration.ofSeconds(15);

  private final List<String> command;
  private final Path directory;
  private final RunningCalls calls;
  private Optional<Process> waiting = Optional.empty();
  private boolean closed;

  /// Over a master that is or will be there.
  MasterWatch(SshClient client, Path controlPath) {
    directory = controlPath.resolveSibling("");
    calls = new RunningCalls(directory);
    command = client.command("sh", "-c", SCRIPT, "initrunner-watch", directory.toString());
    command.addAll(client.onMaster(controlPath));
  }

  /// Ends the commands that a killed process has left on the host, as its watch does, which may
  /// have been killed too. Blocks for 15 seconds at most; an interrupt ends it, with the flag set
  /// again.
  static void endCalls(Path directory, Path controlPath) {
    Optional<Path> ssh = SearchPath.find("ssh");
    if (ssh.isEmpty()) {
      return;
    }
    String socket = SshClient.controlPath(controlPath);
    start(
            List.of(
                "sh",
                "-c",
                SCRIPT,
                "initrunner-watch",
                directory.toString(),
                ssh.get().toString(),
                socket,
                "left"))
        .ifPresent(MasterWatch::awaitEnd);
  }

  private static void awaitEnd(Process process) {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(END_BOUND.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  /// The calls whose commands are ended.
  RunningCalls calls() {
    return calls;
  }

  /// Writes the command down by which the host's login shell ends what a call has left. None where
  /// the host runs no command but its own.
  void learn(LoginShell shell) {
    if (shell.forced()) {
      return;
    }
    Command end = Command.of("sh", "-c", LEFT, "initrunner-left", COOKIE_PLACEHOLDER);
    LoginShell.Line line = shell.line(CallCookie.random().mark(end));
    try (OutputStream command = OwnersFile.create(directory.resolve("left"));
        OutputStream input = OwnersFile.create(directory.resolve("left.in"))) {
      input.write(line.head().getBytes(StandardCharsets.UTF_8));
      command.write(line.command().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      System.getLogger(MasterWatch.class.getName())
          .log(Level.DEBUG, "no process ends what calls leave", e);
    }
  }

  /// Starts the process, unless it was started or is not wanted any more. Blocks meanwhile. The
  /// master has no watch where the machine starts no process.
  synchronized void begin() {
    if (!closed && waiting.isEmpty()) {
      waiting = start(command);
    }
  }

  private static Optional<Process> start(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    CallCookie.markOwn(builder.environment());
    try {
      return Optional.of(builder.start());
    } catch (IOException e) {
      System.getLogger(MasterWatch.class.getName())
          .log(Level.DEBUG, "no process watches a master", e);
      return Optional.empty();
    }
  }

  /// Ends the watch. Blocks while it is being started.
  @Override
  public synchronized void close() {
    closed = true;
    calls.close();
    waiting.ifPresent(Process::destroyForcibly);
  }
}
