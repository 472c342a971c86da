package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.client.NoSocketException;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MasterControl;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.ProtocolException;
import initrunner.ssh.mux.SessionRequests;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Logs in to one host, as often as masters are needed. Failures in a row make the next attempt
/// wait, with jitter, so that a host that comes back is not met by all of its clients at once.
///
/// For one thread at a time.
final class MasterLogin {

  private static final Duration PROXY_BOUND = Duration.ofSeconds(5);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(15);
  private static final int MAX_DOUBLINGS = 10;

  private final SshTarget target;
  private final Map<String, String> environment;
  private int failuresInARow;

  /// @param environment of this process, out of which `SendEnv` picks
  MasterLogin(SshTarget target, Map<String, String> environment) {
    this.target = target;
    this.environment = Map.copyOf(environment);
  }

  /// Begins an attempt: waits, if it is not the first, and does what is done on this machine alone,
  /// while the login waits for the network if it can. Blocks meanwhile; an interrupt ends it. What
  /// a failed one has made is gone when this throws.
  ///
  /// @throws TransportException if it did not work, with the reason and the next step
  SshLink begin() {
    SshLink link = new SshLink(target);
    try {
      backOff();
      SshLink.Prepared ready = link.prepare();
      link.begin();
      MasterControl.prepare();
      ready.asked().ask();
      ready.watch().begin();
      return link;
    } catch (RuntimeException | Error e) {
      failuresInARow++;
      link.close();
      throw e;
    }
  }

  /// Waits for the end of an attempt. Blocks; an interrupt ends it. What a failed one has made is
  /// gone when this throws.
  ///
  /// @param link of [#begin]
  /// @throws TransportException if it did not work, with the reason and the next step
  MasterChannels finish(SshLink link) {
    try {
      Connection connection = link.current();
      MasterChannels made =
          new MasterChannels(
              link, connection, SessionRequests.of(connection.configuration(), environment));
      made.keepIdle(proxy(connection));
      failuresInARow = 0;
      return made;
    } catch (RuntimeException | Error e) {
      failuresInARow++;
      link.close();
      throw e;
    }
  }

  private void backOff() {
    if (failuresInARow == 0) {
      return;
    }
    long doubled = FIRST_BACKOFF.toNanos() << Math.min(failuresInARow - 1, MAX_DOUBLINGS);
    long bound = Math.min(MAX_BACKOFF.toNanos(), doubled);
    try {
      TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(bound / 2, bound));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(target);
    }
  }

  /// A first socket, to see that the master takes any.
  private MuxSocket proxy(Connection connection) {
    try {
      Patience patience = Patience.of(PROXY_BOUND);
      MuxSocket socket = MuxSocket.connect(connection.master().controlPath(), patience);
      awaitProxy(socket, patience);
      return socket;
    } catch (NoSocketException e) {
      throw SshDiagnosis.noSocket(target, e);
    } catch (ProtocolException e) {
      throw noMultiplexing(e);
    } catch (IOException e) {
      if (connection.process().isEmpty()) {
        throw noMultiplexing(e);
      }
      throw SshDiagnosis.of(
          Kind.LINK_DOWN,
          target,
          "the connection to '" + target.host() + "' was lost at once (" + e.getMessage() + ")",
          "Try again; if it stays, try by hand: {ssh} -o BatchMode=yes -v {host} true");
    }
  }

  private TransportException noMultiplexing(IOException cause) {
    return SshDiagnosis.of(
        Kind.NO_MULTIPLEXING,
        target,
        "the ssh client cannot share its connection to '"
            + target.host()
            + "' ("
            + cause.getMessage()
            + ")",
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
}
