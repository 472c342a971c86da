package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.transport.PortAddress;
import initrunner.ssh.client.NoSocketException;
import initrunner.ssh.client.PortDiagnosis;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningStream;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.StreamChannel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Connections from one host to ports, over the masters of a [MasterPool]. They take no session. A
/// refusal is everyday, because a server is not up yet: its socket goes back to those that are kept
/// with the master. Safe for any number of threads.
public final class StreamPool {

  /// How long a connection waits at its end for a busy master to take its last messages.
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  private final SshTarget target;
  private final MasterPool masters;
  private final Set<MuxSocket> asked;

  /// @param asked the sockets on which a thread waits for an answer
  StreamPool(SshTarget target, MasterPool masters, Set<MuxSocket> asked) {
    this.target = target;
    this.masters = masters;
    this.asked = asked;
  }

  /// A connection.
  public record Lease(PooledMaster owner, StreamChannel channel) {}

  private record Grant(PooledMaster owner, Optional<MuxSocket> socket) {}

  /// Connects to a port, waiting for a login where there is no master.
  ///
  /// @throws TransportException if there is no connection: nothing was sent
  public Lease connect(PortAddress to, Patience patience) {
    for (int lost = 0; lost < MasterPool.MOST_LOST; lost++) {
      try {
        return connect(grant(patience), to, patience);
      } catch (IOException e) {
        requireTime(to, patience);
      }
    }
    throw PortDiagnosis.lost(target, to);
  }

  private Grant grant(Patience patience) {
    return masters
        .lock()
        .locked(() ->
            masters.await(
                usable ->
                    usable.stream()
                        .findFirst()
                        .map(owner -> {
                          owner.streamBegins();
                          return new Grant(owner, owner.takeIdle());
                        }),
                patience,
                System.nanoTime()));
  }

  /// @throws IOException if the master is gone, or took no further socket in time
  private Lease connect(Grant grant, PortAddress to, Patience patience) throws IOException {
    PooledMaster owner = grant.owner();
    Optional<MuxSocket> socket = grant.socket();
    try {
      socket = Optional.of(socket.isPresent() ? socket.get() : owner.connect(patience));
      return await(owner, OpeningStream.ask(socket.get(), to), to, patience);
    } catch (NoSocketException e) {
      ended(owner, socket);
      throw SshDiagnosis.noSocket(target, e);
    } catch (InterruptedIOException e) {
      ended(owner, socket);
      throw e;
    } catch (IOException e) {
      broken(owner, socket);
      throw e;
    }
  }

  private Lease await(PooledMaster owner, OpeningStream opening, PortAddress to, Patience patience)
      throws IOException {
    return switch (answer(opening, patience)) {
      case OpeningStream.Answer.Opened(StreamChannel channel) -> new Lease(owner, channel);
      case OpeningStream.Answer.Refused refused -> {
        refused(owner, opening.socket());
        throw PortDiagnosis.refused(target, to, refused.isOfThePort(), refused.description());
      }
      case OpeningStream.Answer.Pending() -> {
        leaveToReaper(owner, opening);
        requireTime(to, patience);
        throw PortDiagnosis.noAnswer(target, to);
      }
    };
  }

  private OpeningStream.Answer answer(OpeningStream opening, Patience patience) throws IOException {
    asked.add(opening.socket());
    try {
      return opening.await(patience);
    } finally {
      asked.remove(opening.socket());
    }
  }

  private void requireTime(PortAddress to, Patience patience) {
    if (Thread.currentThread().isInterrupted()) {
      throw SshDiagnosis.interrupted(target);
    }
    if (patience.isUnwanted()) {
      throw SshDiagnosis.closed(target);
    }
    if (patience.nanos() <= 0) {
      throw PortDiagnosis.noAnswer(target, to);
    }
  }

  /// The answer will come, and a thread must be there for it.
  private void leaveToReaper(PooledMaster owner, OpeningStream opening) {
    Thread.ofVirtual()
        .name("initrunner-ssh-late-answer")
        .start(() -> {
          try {
            switch (opening.await(Patience.endless())) {
              case OpeningStream.Answer.Opened(StreamChannel channel) ->
                  release(new Lease(owner, channel));
              case OpeningStream.Answer.Refused _ -> refused(owner, opening.socket());
              case OpeningStream.Answer.Pending() ->
                  throw new IllegalStateException("this thread was interrupted");
            }
          } catch (IOException masterGone) {
            broken(owner, Optional.of(opening.socket()));
          }
        });
  }

  private void refused(PooledMaster owner, MuxSocket socket) {
    masters
        .lock()
        .withLock(() -> {
          owner.streamRefused();
          owner.keepIdle(socket);
          masters.endIfUnused(owner);
        });
  }

  private void ended(PooledMaster owner, Optional<MuxSocket> socket) {
    masters
        .lock()
        .withLock(() -> {
          owner.streamEnds();
          socket.ifPresent(owner::keepIdle);
          masters.endIfUnused(owner);
        });
  }

  private void broken(PooledMaster owner, Optional<MuxSocket> socket) {
    masters
        .lock()
        .withLock(() -> {
          owner.retire();
          owner.streamEnds();
          socket.ifPresent(owner::drop);
          masters.lock().signalAll();
          masters.endIfUnused(owner);
        });
  }

  /// Ends a connection.
  public void release(Lease lease) {
    MuxSocket socket = lease.channel().end();
    try {
      // What the far side did not take may be in front of the CLOSE.
      socket.flushAll(CLOSE_PATIENCE);
    } catch (IOException masterGone) {
      broken(lease.owner(), Optional.of(socket));
      return;
    }
    ended(lease.owner(), Optional.of(socket));
  }

  /// The socket of a connection is at its end.
  public void broken(Lease lease) {
    broken(lease.owner(), Optional.of(lease.channel().socket()));
  }
}
