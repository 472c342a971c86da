package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The connection to one host that a transport's calls share: the private directory, the master in
/// it, and what was learned of the login shell.
///
/// Safe for any number of threads. One lock guards all of its state and is held while the master is
/// started, so that callers who need it wait for one login instead of each making their own.
final class SshLink implements AutoCloseable {

  private static final List<String> ALONE = List.of("ControlMaster=no", "ControlPath=none");

  private final SshTarget target;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<SshClient> client = Optional.empty();
  private Optional<PrivateDirectory> directory = Optional.empty();
  private Optional<Connection> connection = Optional.empty();
  private boolean closed;

  SshLink(SshTarget target) {
    this.target = target;
  }

  /// A master that answered, and how its host is spoken to.
  ///
  /// @param masterPid its process id, where it says
  record Connection(
      SshClient client,
      SshConfiguration configuration,
      SshMaster master,
      Optional<Long> masterPid,
      LoginShell shell,
      Path directory) {}

  String host() {
    return target.host();
  }

  /// The connection, made now if there is none. Blocks while it is made.
  ///
  /// @throws TransportException if it cannot be made, or the link is closed
  Connection current() {
    lock.lock();
    try {
      if (closed) {
        throw SshDiagnosis.of(
            Kind.LINK_DOWN, host(), "the transport to '" + host() + "' is closed", "Open another.");
      }
      if (connection.isEmpty()) {
        connection = Optional.of(connect());
      }
      return connection.get();
    } finally {
      lock.unlock();
    }
  }

  private Connection connect() {
    if (client.isEmpty()) {
      client = Optional.of(new SshClient(target));
    }
    if (directory.isEmpty()) {
      PrivateDirectory made = PrivateDirectory.create();
      directory = Optional.of(made);
      made.abandoned().forEach(this::sweep);
    }
    Path path = directory.get().path();
    Path controlPath = path.resolve("ctl.sock");
    SshClient ssh = client.get();
    SshConfiguration configuration = SshConfiguration.read(ssh, ssh.options(controlPath));
    SshMaster master = new SshMaster(ssh, configuration, controlPath);
    master.start();
    return new Connection(ssh, configuration, master, master.pid(), master.learnShell(), path);
  }

  /// Ends the master that a killed process left behind, then removes its directory.
  private void sweep(PrivateDirectory left) {
    try (left) {
      new SshMaster(client.orElseThrow(), left.path().resolve("ctl.sock")).exit();
    }
  }

  /// Says that this connection was found dead: the next caller makes a new one.
  void lost(Connection dead) {
    lock.lock();
    try {
      if (connection.filter(dead::equals).isPresent()) {
        dead.master().exit();
        connection = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Runs a command in a session of its own beside the others; if the master has none left, over a
  /// connection of its own. Blocks up to the bound for each.
  ///
  /// @return empty if neither gave an answer
  Optional<SshClient.Answer> beside(Connection current, Command command, Duration bound) {
    SshClient ssh = current.client();
    LoginShell.Line line = current.shell().line(command);
    List<String> shared = ssh.options(current.master().controlPath());
    shared.addAll(List.of("-o", "LogLevel=ERROR", "-o", "ProxyCommand=false"));
    Optional<SshClient.Answer> answer = run(ssh, shared, line, bound);
    if (answer.isPresent() && answer.get().status() != 255) {
      return answer;
    }
    List<String> alone = new ArrayList<>();
    ALONE.forEach(option -> SshClient.addOption(alone, option));
    alone.addAll(ssh.options(current.master().controlPath()));
    alone.addAll(List.of("-o", "LogLevel=ERROR"));
    return run(ssh, alone, current.shell().line(command), bound);
  }

  private static Optional<SshClient.Answer> run(
      SshClient ssh, List<String> options, LoginShell.Line line, Duration bound) {
    return ssh.run(ssh.withDestination(options, Optional.of(line.command())), line.stdin(), bound);
  }

  /// Ends the master that we started and removes the directory. Never throws.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      connection.ifPresent(current -> current.master().exit());
      connection = Optional.empty();
      directory.ifPresent(PrivateDirectory::close);
      directory = Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
