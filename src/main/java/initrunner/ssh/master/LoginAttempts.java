package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.SessionRequests;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Logs in to one host as often as its pool needs masters. Failures in a row make the next attempt
/// wait, with jitter, so that a host that comes back is not met by all of its clients at once.
///
/// For one thread at a time; an interrupt ends an attempt.
final class LoginAttempts {

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(15);
  private static final int MAX_DOUBLINGS = 10;

  private final SshTarget target;
  private final String searchPath;
  private final Optional<Map<String, String>> environment;
  private int failuresInARow;

  /// @param environment out of which `SendEnv` picks; empty where commands do not use the sockets
  ///   of a master themselves
  LoginAttempts(SshTarget target, String searchPath, Optional<Map<String, String>> environment) {
    this.target = target;
    this.searchPath = searchPath;
    this.environment = environment.map(Map::copyOf);
  }

  /// Waits, if it is not the first attempt, and begins it. Blocks meanwhile.
  ///
  /// @param logins by which a person may be asked; empty where none may be
  /// @throws TransportException if it did not work, with the reason and the next step
  MasterStart begin(Optional<AskedLogins> logins) {
    if (failuresInARow > 0) {
      long doubled = FIRST_BACKOFF.toNanos() << Math.min(failuresInARow - 1, MAX_DOUBLINGS);
      long most = Math.min(MAX_BACKOFF.toNanos(), doubled);
      pause(target, most / 2, most);
    }
    return MasterStart.begin(target, searchPath, logins);
  }

  /// Sleeps for a random time: clients that failed at one moment do not come back at one.
  ///
  /// @throws TransportException if the thread is interrupted (whose flag stays set)
  static void pause(SshTarget target, long leastNanos, long mostNanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(leastNanos, mostNanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(target);
    }
  }

  /// Waits for the end of an attempt. Blocks. What a failed one has made is gone when this throws.
  ///
  /// @throws TransportException if it did not work, with the reason and the next step
  PooledMaster finish(MasterStart start, PoolLock lock) {
    PooledMaster made = pooled(start.finish(), lock);
    failuresInARow = 0;
    return made;
  }

  private PooledMaster pooled(Master master, PoolLock lock) {
    if (environment.isEmpty()) {
      return new PooledMaster(master, SessionRequests.NONE, lock);
    }
    try {
      SessionRequests requests = SessionRequests.of(master.configuration(), environment.get());
      MuxSocket first = master.firstSocket();
      PooledMaster made = new PooledMaster(master, requests, lock);
      lock.withLock(() -> made.keepIdle(first));
      return made;
    } catch (RuntimeException | Error e) {
      master.close();
      throw e;
    }
  }

  /// Counts an attempt that failed.
  ///
  /// @param error of [#begin] or [#finish]
  /// @return why it failed, for a caller
  TransportException failed(Throwable error) {
    failuresInARow++;
    if (error instanceof TransportException failure) {
      return failure;
    }
    return SshDiagnosis.of(
        Kind.LINK_DOWN,
        target,
        "no connection to '%s': an error inside of initrunner, %s"
            .formatted(target.host(), error.getClass().getSimpleName()),
        "Try by hand: {ssh} -o BatchMode=yes -v {host} true");
  }
}
