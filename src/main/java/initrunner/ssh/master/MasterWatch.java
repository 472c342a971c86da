package initrunner.ssh.master;

import initrunner.exec.Command;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.SearchPath;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.shell.LoginShell;
import initrunner.text.PackagedText;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a master leaves for the process that watches over connections: if this process is killed
/// (SIGKILL, out of memory), that one ends the commands of the calls on the host, then the master.
/// Without it the master would stay while a command runs, and a command that neither reads nor
/// writes would outlive the master too.
///
/// Safe for many threads.
final class MasterWatch implements AutoCloseable {

  private static final String LEFT = PackagedText.read(MasterWatch.class, "left.sh");

  private static final String COMMAND = "left";
  private static final String INPUT = "left.in";

  /// The script replaces it with the cookie of a call, whose length it has.
  private static final String COOKIE_PLACEHOLDER = "x".repeat(RunningCalls.COOKIE_CHARACTERS);

  private static final Duration END_BOUND = Duration.ofSeconds(15);

  private final WatchProcess.Program program;
  private final Path directory;
  private final RunningCalls calls;
  private boolean begun;
  private boolean closed;

  /// Over a master that is or will be there.
  MasterWatch(SshClient client, Path controlPath) {
    directory = controlPath.resolveSibling("");
    calls = new RunningCalls(directory);
    program = new WatchProcess.Program(client.command("sh"), client.program());
  }

  /// Ends the commands that a killed process has left on the host, as the process that watches over
  /// it does, which may have been killed too, and the master. Blocks for 15 seconds at most; an
  /// interrupt ends it, with the flag set again.
  static void endCalls(Path directory) {
    SearchPath.find("ssh")
        .ifPresent(ssh ->
            WatchProcess.endNow(
                directory, new WatchProcess.Program(List.of("sh"), ssh.toString()), END_BOUND));
  }

  /// The calls whose commands are ended.
  RunningCalls calls() {
    return calls;
  }

  /// Writes the command down by which the host's login shell ends what a call has left. None where
  /// the host runs no command but its own.
  void learn(LoginShell shell) {
    if (shell.forced()) {
      forget();
      return;
    }
    Command end = Command.of("sh", "-c", LEFT, "initrunner-left", COOKIE_PLACEHOLDER);
    LoginShell.Line line = shell.line(CallCookie.random().mark(end));
    try (OutputStream command = new FileOutputStream(directory.resolve(COMMAND).toFile());
        OutputStream input = new FileOutputStream(directory.resolve(INPUT).toFile())) {
      input.write(line.head().getBytes(StandardCharsets.UTF_8));
      command.write(line.command().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      System.getLogger(MasterWatch.class.getName())
          .log(Level.DEBUG, "no process ends what calls leave", e);
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(directory.resolve(COMMAND));
      Files.deleteIfExists(directory.resolve(INPUT));
    } catch (IOException e) {
      System.getLogger(MasterWatch.class.getName()).log(Level.DEBUG, "what a login left stays", e);
    }
  }

  /// Has the master watched over before there is one, if that takes no process.
  void beginAtOnce() {
    if (WatchProcess.OWN.isRunning()) {
      begin();
    }
  }

  /// Has the master watched over, unless it is or is not to be any more. Blocks while a process is
  /// started.
  synchronized void begin() {
    if (!closed && !begun) {
      begun = true;
      WatchProcess.OWN.add(directory, program);
    }
  }

  /// Ends the watch. Blocks while it is being started.
  @Override
  public synchronized void close() {
    closed = true;
    calls.close();
    if (begun) {
      WatchProcess.OWN.remove(directory);
      begun = false;
    }
  }
}
