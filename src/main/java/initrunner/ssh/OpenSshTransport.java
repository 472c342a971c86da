package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.CallsUnderWay;
import initrunner.exec.transport.PortAddress;
import initrunner.exec.transport.PortTransport;
import initrunner.exec.transport.SearchPath;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.PortDiagnosis;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// Commands over the user's OpenSSH, in the best way that the client has: [SshTransport], or, where
/// the client cannot share a connection in proxy mode, [SshProcessTransport], with one warning.
///
/// Safe for any number of threads. Its monitor guards the choice; no thread waits while it holds
/// it.
public final class OpenSshTransport implements PortTransport {

  private final SshTarget target;
  private final Optional<AskedLogins> logins;

  /// Both transports share them: a call that begins on one may go on over the other.
  private final CallsUnderWay calls = new CallsUnderWay();

  private final SshTransport multiplexing;
  private Optional<SshProcessTransport> processes = Optional.empty();
  private boolean closed;

  public OpenSshTransport(SshTarget target) {
    this(target, Optional.empty());
  }

  /// @param logins by which a login may ask a person; empty where none may
  public OpenSshTransport(SshTarget target, Optional<AskedLogins> logins) {
    this.target = target;
    this.logins = logins;
    this.multiplexing = new SshTransport(target, calls, logins);
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

  @Override
  public Outcome relay(CallScope call, PortAddress to, Stdin input, Limits limits, Sink sink) {
    return overPorts(ports -> ports.relay(call, to, input, limits, sink));
  }

  @Override
  public void probe(PortAddress to, Limits limits) {
    var _ =
        overPorts(ports -> {
          ports.probe(to, limits);
          return true;
        });
  }

  /// An `ssh` process for each connection would not see its end, so there is none.
  private <T> T overPorts(Function<PortTransport, T> work) {
    try {
      if (chosen() == multiplexing) {
        return work.apply(multiplexing);
      }
    } catch (TransportException e) {
      if (e.kind() != Kind.NO_MULTIPLEXING) {
        throw e;
      }
    }
    throw PortDiagnosis.noMultiplexing(target);
  }

  private synchronized Transport chosen() {
    return processes.isPresent() ? processes.get() : multiplexing;
  }

  /// The other transport, where the failure is that the client cannot share a connection.
  private synchronized Transport insteadOf(Transport failed, TransportException failure) {
    if (failed != multiplexing || failure.kind() != Kind.NO_MULTIPLEXING) {
      throw failure;
    }
    if (closed) {
      throw SshDiagnosis.closed(target);
    }
    if (processes.isEmpty()) {
      System.getLogger(OpenSshTransport.class.getName())
          .log(
              Level.WARNING,
              "{0}; each command gets an ssh process of its own",
              failure.getMessage());
      processes = Optional.of(new SshProcessTransport(target, SearchPath.own(), calls, logins));
    }
    return processes.get();
  }

  /// What the shared connection is like. Connects where there is no connection yet, and blocks.
  ///
  /// @param most sessions that are tried
  /// @return empty where the client cannot share a connection
  /// @throws TransportException if the host cannot be reached
  public Optional<SshFacts> facts(int most) {
    open();
    return chosen() == multiplexing ? Optional.of(multiplexing.facts(most)) : Optional.empty();
  }

  @Override
  public boolean isConnected() {
    return chosen() != multiplexing || multiplexing.isConnected();
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
    Optional<SshProcessTransport> other = closing();
    multiplexing.close();
    other.ifPresent(Transport::close);
  }

  private synchronized Optional<SshProcessTransport> closing() {
    closed = true;
    return processes;
  }
}
