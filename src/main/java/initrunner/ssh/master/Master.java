package initrunner.ssh.master;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.client.NoSocketException;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.mux.MasterControl;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.ProtocolException;
import initrunner.ssh.shell.LoginShell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/// The life of one login: the OpenSSH ControlMaster that it left behind, in a private directory of
/// its own, and how its host is spoken to. [#close] ends it.
///
/// Immutable; safe for many threads.
///
/// @param shell what the login has shown of the host's login shell
/// @param process the master's, where it is known
/// @param watch ends the master where this process is killed
/// @param directory with the control socket, and the logs of `ssh` processes
public record Master(
    SshClient client,
    SshConfiguration configuration,
    LoginShell shell,
    Optional<ProcessHandle> process,
    MasterWatch watch,
    PrivateDirectory directory)
    implements AutoCloseable {

  private static final Duration CONTROL_BOUND = Duration.ofSeconds(5);
  private static final Duration TERM_BOUND = Duration.ofSeconds(1);
  private static final Duration TERM_PAUSE = Duration.ofMillis(1);

  private static final Duration PROXY_BOUND = Duration.ofSeconds(5);

  static Path controlPath(PrivateDirectory directory) {
    return directory.path().resolve("ctl.sock");
  }

  /// The master's socket.
  public Path controlPath() {
    return controlPath(directory);
  }

  Master with(SshConfiguration found) {
    return new Master(client, found, shell, process, watch, directory);
  }

  /// The same after its login shell was asked what it understands. Blocks while it answers.
  ///
  /// @throws TransportException if the account does not run what it is asked to
  Master withKnownShell() {
    LoginShell known =
        new MasterLogin(client, configuration, controlPath(), Optional.empty()).run();
    watch.learn(known);
    return new Master(client, configuration, known, process, watch, directory);
  }

  /// A first socket to the master, to see that it takes any.
  ///
  /// @throws TransportException if it does not
  MuxSocket firstSocket() {
    try {
      Patience patience = Patience.of(PROXY_BOUND);
      MuxSocket socket = MuxSocket.connect(controlPath(), patience);
      awaitProxy(socket, patience);
      return socket;
    } catch (NoSocketException e) {
      throw SshDiagnosis.noSocket(client.target(), e);
    } catch (ProtocolException e) {
      throw noMultiplexing(e);
    } catch (IOException e) {
      if (process.isEmpty()) {
        throw noMultiplexing(e);
      }
      // A master that ends removes its socket.
      boolean ended = Files.exists(controlPath()) || isGone(process.get());
      String connection = "the connection to '" + client.target().host() + "' ";
      throw ended
          ? SshDiagnosis.of(
              Kind.LINK_DOWN,
              client.target(),
              connection + "was lost at once (" + e.getMessage() + ")",
              "Try again; if it stays, try by hand: {ssh} -o BatchMode=yes -v {host} true")
          : SshDiagnosis.of(
              Kind.LINK_DOWN,
              client.target(),
              connection + "cannot be used: its control socket " + controlPath() + " was removed",
              "Look for a program that removes new files there, then run it again.");
    }
  }

  private TransportException noMultiplexing(IOException cause) {
    return SshDiagnosis.of(
        Kind.NO_MULTIPLEXING,
        client.target(),
        "the ssh client cannot share its connection to '%s' (%s)"
            .formatted(client.target().host(), cause.getMessage()),
        "Use OpenSSH 7.4 or later, or set transport: process in the role's ssh block.");
  }

  private static void awaitProxy(MuxSocket socket, Patience patience) throws IOException {
    try {
      socket.awaitProxy(patience);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// A call begins on the master: what it leaves is ended where this process is killed. Blocks on
  /// the file system only.
  ///
  /// @return its entry, for [#callIsOver]
  public int callBegins(CallCookie cookie) {
    return watch.calls().begun(cookie);
  }

  /// The call is over; what it left running on purpose stays.
  ///
  /// @param entry of [#callBegins]
  public void callIsOver(int entry) {
    watch.calls().over(entry);
  }

  /// Asks whether the master is there. Blocks while it is asked.
  public boolean isAlive() {
    OptionalLong pid = pid(controlPath());
    return pid.isPresent() && process.filter(ours -> ours.pid() == pid.getAsLong()).isPresent();
  }

  /// The process id of a master, if it answers on its socket.
  static OptionalLong pid(Path controlPath) {
    return MasterControl.pid(controlPath, CONTROL_BOUND);
  }

  /// The process of a master. One whose socket was removed as soon as it was there does not answer,
  /// but `ssh` has put the path into its title.
  static Optional<ProcessHandle> process(Path controlPath) {
    OptionalLong pid = pid(controlPath);
    if (pid.isPresent()) {
      return ProcessHandle.of(pid.getAsLong());
    }
    String title = "ssh: " + controlPath + " [mux]";
    return ProcessHandle.allProcesses().filter(each -> title(each).startsWith(title)).findFirst();
  }

  private static String title(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), ISO_8859_1);
    } catch (IOException goneOrNoSuchSystem) {
      return "";
    }
  }

  /// Tells a master to end. Never throws; an interrupt is kept for later.
  ///
  /// @return whether the master has said that it ends
  static boolean exit(Path controlPath) {
    return exit(controlPath, CONTROL_BOUND);
  }

  private static boolean exit(Path controlPath, Duration bound) {
    return Uninterrupted.get(() -> MasterControl.terminate(controlPath, bound));
  }

  /// Ends the master, and leaves the directory. A master whose control socket was removed hears
  /// only a signal, and one that was stopped (SIGSTOP) only KILL. Where the process is known, the
  /// wait for an answer is short, because a stopped master gives none.
  void end() {
    boolean ends = false;
    try {
      ends = exit(controlPath(), process.isPresent() ? TERM_BOUND : CONTROL_BOUND);
    } finally {
      signal(ends);
      watch.close();
    }
  }

  private void signal(boolean ends) {
    process.ifPresent(ours -> {
      if (ours.destroy() && !ends && !isGone(ours)) {
        ours.destroyForcibly();
        var _ = isGone(ours);
      }
    });
  }

  private static boolean isGone(ProcessHandle ours) {
    long until = System.nanoTime() + TERM_BOUND.toNanos();
    while (runs(ours) && System.nanoTime() < until) {
      LockSupport.parkNanos(TERM_PAUSE.toNanos());
    }
    return !runs(ours);
  }

  /// A process that only waits to be reaped, which some containers never do, has no program.
  private static boolean runs(ProcessHandle ours) {
    return ours.isAlive() && ours.info().command().isPresent();
  }

  /// Ends the master, with every command on it, and removes the directory. Never throws; blocks
  /// until both are done, whatever interrupts it.
  @Override
  public void close() {
    try (directory) {
      end();
    }
  }
}
