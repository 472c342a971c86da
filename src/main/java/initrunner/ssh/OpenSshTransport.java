package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.CallsUnderWay;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Commands over the user's OpenSSH, in the best way that the client has: [SshTransport], or, where
/// the client cannot share a connection in proxy mode, [SshProcessTransport], with one warning.
///
/// Safe for any number of threads. One lock guards the choice; it is never held while anything is
/// waited for.
public final class OpenSshTransport implements Transport {

  private final SshTarget target;

  /// Of both transports: a call that begins on the one may go on over the other.
  private final CallsUnderWay calls = new CallsUnderWay();

  private final SshTransport multiplexing;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<SshProcessTransport> processes = Optional.empty();
  private boolean closed;

  public OpenSshTransport(SshTarget target) {
    this.target = target;
    this.multiplexing = new SshTransport(target, calls);
  }

  @Override
  public void begin() {
    multiplexing.begin();
  }

  @Override
  public void open() {
    Transport transport = chosen();
    try {
      transport.open();
    } catch (TransportException e) {
      insteadOf(transport, e).open();
    }
  }

  @Override
  public Outcome run(CallScope call, Command command, Limits limits, Sink sink) {
    long begin = System.nanoTime();
    Transport transport = chosen();
    try {
      return transport.run(call, command, limits, sink);
    } catch (TransportException e) {
      Limits rest = limits.after(Duration.ofNanos(System.nanoTime() - begin));
      return insteadOf(transport, e).run(call, command, rest, sink);
    }
  }

  private Transport chosen() {
    lock.lock();
    try {
      return processes.isPresent() ? processes.get() : multiplexing;
    } finally {
      lock.unlock();
    }
  }

  /// The other way, where the failure is that the first cannot be had.
  private Transport insteadOf(Transport failed, TransportException failure) {
    if (failed != multiplexing || failure.kind() != Kind.NO_MULTIPLEXING) {
      throw failure;
    }
    lock.lock();
    try {
      if (closed) {
        throw SshDiagnosis.closed(target);
      }
      if (processes.isEmpty()) {
        System.getLogger(OpenSshTransport.class.getName())
            .log(
                Level.WARNING,
                "{0}; each command gets an ssh process of its own",
                failure.getMessage());
        processes = Optional.of(new SshProcessTransport(target, calls));
      }
      return processes.get();
    } finally {
      lock.unlock();
    }
  }

  /// What the shared connection is like; connects if nobody has. Blocks while it is found out.
  ///
  /// @param most sessions that are tried
  /// @return empty where no connection can be shared
  /// @throws TransportException if there is none at all
  public Optional<SshFacts> facts(int most) {
    open();
    return chosen() == multiplexing ? Optional.of(multiplexing.facts(most)) : Optional.empty();
  }

  @Override
  public CallScope call() {
    return calls.begin(this);
  }

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public void close() {
    Optional<SshProcessTransport> other;
    lock.lock();
    try {
      closed = true;
      other = processes;
    } finally {
      lock.unlock();
    }
    multiplexing.close();
    other.ifPresent(Transport::close);
  }
}
