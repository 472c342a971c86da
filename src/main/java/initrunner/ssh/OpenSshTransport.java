package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Transport;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Commands over the user's OpenSSH, in the best way that the client has: [SshTransport], or, where
/// the client cannot share a connection in proxy mode, [SshProcessTransport], with one warning.
///
/// Safe for any number of threads. One lock guards the choice and is held while the first
/// connection is made.
public final class OpenSshTransport implements Transport {

  private final SshTarget target;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Transport> chosen = Optional.empty();
  private boolean closed;

  public OpenSshTransport(SshTarget target) {
    this.target = target;
  }

  @Override
  public void open() {
    chosen();
  }

  private Transport chosen() {
    lock.lock();
    try {
      if (closed) {
        throw SshDiagnosis.closed(target.host());
      }
      if (chosen.isEmpty()) {
        chosen = Optional.of(choose());
      }
      return chosen.get();
    } finally {
      lock.unlock();
    }
  }

  private Transport choose() {
    SshTransport multiplexing = new SshTransport(target);
    try {
      multiplexing.open();
      return multiplexing;
    } catch (TransportException e) {
      multiplexing.close();
      if (e.kind() != Kind.NO_MULTIPLEXING) {
        throw e;
      }
      System.getLogger(OpenSshTransport.class.getName())
          .log(Level.WARNING, "{0}; each command gets an ssh process of its own", e.getMessage());
      SshProcessTransport processes = new SshProcessTransport(target);
      processes.open();
      return processes;
    }
  }

  @Override
  public Outcome run(Command command, Limits limits, Sink sink) {
    return chosen().run(command, limits, sink);
  }

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      chosen.ifPresent(Transport::close);
    } finally {
      lock.unlock();
    }
  }
}
