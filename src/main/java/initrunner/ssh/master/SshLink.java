package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.SearchPath;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.client.AskedConfiguration;
import initrunner.ssh.client.KeepAliveGuess;
import initrunner.ssh.client.ProxyDiagnosis;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.shell.LoginShell;
import initrunner.text.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// The connection to one host that a transport's calls share: the private directory, the master in
/// it, and what was learned of the login shell.
///
/// Safe for any number of threads. A connection is made once for all who wait for it, on a thread
/// of its own, so that nobody's interrupt or deadline ends it for the others. One lock guards which
/// connection is the current one and is never held while anything is waited for; the client, the
/// directory and the dead master belong to the thread that connects, then to the one that closes.
public final class SshLink implements AutoCloseable {

  /// How long a server that has closed a login is left alone at least before the next.
  private static final Duration MIN_PAUSE = Duration.ofMillis(250);

  private final SshTarget target;
  private final String searchPath;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<CompletableFuture<Connection>> connection = Optional.empty();
  private Optional<Thread> connector = Optional.empty();
  private boolean closed;

  private Optional<SshClient> client = Optional.empty();
  private Optional<PrivateDirectory> directory = Optional.empty();
  private Optional<Prepared> prepared = Optional.empty();
  private Optional<Connection> dead = Optional.empty();

  public SshLink(SshTarget target) {
    this(target, SearchPath.own());
  }

  /// @param searchPath where `ssh` is looked for, a list like `PATH`
  public SshLink(SshTarget target, String searchPath) {
    this.target = target;
    this.searchPath = searchPath;
  }

  /// What a login begins with.
  ///
  /// @param asked of the configuration; not answered yet where the login need not wait for that
  /// @param watch over the master; not begun yet, as before the login
  public record Prepared(
      SshClient client, Path directory, AskedConfiguration asked, MasterWatch watch) {}

  public SshTarget target() {
    return target;
  }

  /// Does the part of connecting that must come before the login, on this machine alone. Called
  /// before [#begin], by the same thread, or not at all.
  ///
  /// @return a question that the caller is to ask and a watch that it is to begin, once it has
  ///   begun to connect
  /// @throws TransportException if it cannot be done
  public Prepared prepare() {
    Prepared ready = KeepAliveGuess.isNone(target) ? preparation() : answeredPreparation();
    prepared = Optional.of(ready);
    return ready;
  }

  /// The connection, made now if there is none. Blocks while it is made.
  ///
  /// @throws TransportException if it cannot be made, the thread is interrupted meanwhile (the flag
  ///   stays set), or the link is closed
  public Connection current() {
    return current(Optional.empty());
  }

  /// The same, for no longer than to a deadline in terms of [System#nanoTime].
  public Connection current(Optional<Long> deadline) {
    return await(wanted(), deadline);
  }

  /// Starts to make the connection if there is none, and returns at once.
  ///
  /// @throws TransportException if the link is closed
  public void begin() {
    var _ = wanted();
  }

  private CompletableFuture<Connection> wanted() {
    lock.lock();
    try {
      if (closed) {
        throw SshDiagnosis.closed(target);
      }
      if (connection.isEmpty()) {
        connection = Optional.of(connecting());
      }
      return connection.get();
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<Connection> connecting() {
    CompletableFuture<Connection> made = new CompletableFuture<>();
    connector =
        Optional.of(
            Thread.ofPlatform()
                .daemon()
                .name("initrunner-ssh-connect")
                .start(() -> {
                  try {
                    made.complete(connectOrTryAgain());
                  } catch (RuntimeException | Error e) {
                    forget();
                    made.completeExceptionally(e);
                  }
                }));
    return made;
  }

  /// Only the thread that connects comes here, so the current one is the one that failed.
  private void forget() {
    lock.lock();
    try {
      connection = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private Connection await(CompletableFuture<Connection> wanted, Optional<Long> deadline) {
    try {
      return deadline.isPresent()
          ? wanted.get(deadline.get() - System.nanoTime(), TimeUnit.NANOSECONDS)
          : wanted.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(target);
    } catch (TimeoutException e) {
      throw SshDiagnosis.noConnection(target);
    } catch (ExecutionException e) {
      throw Uninterrupted.unchecked(e);
    }
  }

  /// A server that closes the connection of a login, as one does that has too many of them at once
  /// (`MaxStartups`), is asked once more: no command was sent.
  private Connection connectOrTryAgain() {
    try {
      return connect();
    } catch (TransportException e) {
      if (!SshDiagnosis.isClosedByServer(e)) {
        throw e;
      }
      pause();
      return connect();
    }
  }

  /// Others whose logins were closed at the same moment come back at another.
  private void pause() {
    long least = MIN_PAUSE.toNanos();
    try {
      TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(least, 3 * least));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(target);
    }
  }

  private Connection connect() {
    dead.ifPresent(Connection::end);
    dead = Optional.empty();
    Prepared ready = prepared.orElseGet(this::answeredPreparation);
    prepared = Optional.empty();
    Path path = ready.directory();
    if (ready.asked().isAnswered()) {
      return connect(ready.asked().await(), path, ready.watch());
    }
    return connectMeanwhile(ready)
        .orElseGet(() -> {
          SshConfiguration.Read read = ready.asked().await();
          return connect(read, path, new MasterWatch(read.client(), controlPath(path)));
        });
  }

  /// Connects as if no keep-alive was configured, and sees afterwards whether that is so.
  ///
  /// @return empty if it is not, or the client does not know our options: nothing is left of the
  ///   attempt then
  private Optional<Connection> connectMeanwhile(Prepared ready) {
    Optional<Connection> made = Optional.empty();
    Optional<TransportException> failed = Optional.empty();
    var assumed = new SshConfiguration.Read(ready.client(), SshConfiguration.EMPTY);
    try {
      made = Optional.of(connect(assumed, ready.directory(), ready.watch()));
    } catch (TransportException e) {
      failed = Optional.of(e);
    }
    try {
      SshConfiguration.Read read = ready.asked().await();
      if (read.client() == ready.client()) {
        if (failed.isPresent()) {
          throw ProxyDiagnosis.of(failed.get(), read);
        }
        if (!read.configuration().hasKeepAlive()) {
          return made.map(connection -> connection.with(read.configuration()));
        }
      }
    } catch (RuntimeException e) {
      made.ifPresent(Connection::end);
      throw e;
    }
    made.ifPresent(Connection::end);
    return Optional.empty();
  }

  private static Connection connect(SshConfiguration.Read read, Path path, MasterWatch watch) {
    SshClient ssh = read.client();
    SshConfiguration configuration = read.configuration();
    SshMaster master = new SshMaster(ssh, configuration, controlPath(path));
    try {
      LoginShell shell = master.start();
      watch.begin();
      return new Connection(ssh, configuration, master, process(master), watch, shell, path);
    } catch (RuntimeException | Error e) {
      // A master may be there even so: one whose host runs nothing that it is asked to.
      boolean ignored = master.exit();
      watch.close();
      throw e;
    }
  }

  private Prepared preparation() {
    SshClient ssh = client.orElseGet(() -> new SshClient(target, searchPath));
    client = Optional.of(ssh);
    Path path = directory();
    Path controlPath = controlPath(path);
    return new Prepared(
        ssh, path, new AskedConfiguration(ssh, controlPath), new MasterWatch(ssh, controlPath));
  }

  private Prepared answeredPreparation() {
    Prepared ready = preparation();
    ready.asked().ask();
    return ready;
  }

  private static Path controlPath(Path directory) {
    return directory.resolve("ctl.sock");
  }

  private static Optional<ProcessHandle> process(SshMaster master) {
    OptionalLong pid = master.pid();
    return pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.empty();
  }

  /// Whoever cleans up `/tmp` may have taken the one that was there.
  private Path directory() {
    Optional<PrivateDirectory> there = directory.filter(PrivateDirectory::exists);
    if (there.isPresent()) {
      return there.get().path();
    }
    directory.ifPresent(PrivateDirectory::close);
    PrivateDirectory made;
    try {
      made = PrivateDirectory.create();
    } catch (IOException e) {
      throw SshDiagnosis.of(
          Kind.CLIENT_CONFIGURATION,
          target,
          "no private directory for the connection to '"
              + target.host()
              + "': "
              + FileFailure.reason(e),
          FileFailure.remedy(
              e,
              "See that /tmp can be written to and is not full, or set TMPDIR to a directory with a path"
                  + " of at most 45 bytes, and that this process may open more files (ulimit -n)."));
    }
    directory = Optional.of(made);
    made.abandoned().forEach(SshLink::sweep);
    return made.path();
  }

  /// Ends the masters that a killed process left behind, then removes its directory.
  private static void sweep(PrivateDirectory left) {
    try (left) {
      left.sockets().forEach(SshMaster::exit);
    }
  }

  /// Says that this connection was found dead: the next caller makes a new one.
  public void lost(Connection found) {
    lock.lock();
    try {
      if (connection.filter(current -> isOf(current, found)).isPresent()) {
        dead = Optional.of(found);
        connection = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isOf(CompletableFuture<Connection> made, Connection found) {
    return made.state() == CompletableFuture.State.SUCCESS && made.resultNow().equals(found);
  }

  /// Ends the master that we started and removes the directory. Never throws; blocks until both are
  /// done, whatever interrupts it.
  @Override
  public void close() {
    Optional<CompletableFuture<Connection>> last;
    Optional<Thread> connecting;
    lock.lock();
    try {
      closed = true;
      last = connection;
      connecting = connector;
      connection = Optional.empty();
    } finally {
      lock.unlock();
    }
    connecting.ifPresent(Uninterrupted::end);
    last.filter(made -> made.state() == CompletableFuture.State.SUCCESS)
        .ifPresent(made -> made.resultNow().end());
    dead.ifPresent(Connection::end);
    dead = Optional.empty();
    directory.ifPresent(PrivateDirectory::close);
    directory = Optional.empty();
  }
}
