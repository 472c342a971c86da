package initrunner.ssh.master;

import initrunner.exec.Command;
import initrunner.exec.TransportException.Kind;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.NoSocketException;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.ExecChannel;
import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.shell.LoginShell;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The channels to one host that calls take and give back, over as many masters of a [MasterPool]
/// as that needs. The pool knows which sessions are in use; this opens channels and ends them. Safe
/// for any number of threads.
public final class ChannelPool implements AutoCloseable {

  /// How long a call waits at its end for a busy master to take its last messages.
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  private final SshTarget target;
  private final MasterPool masters;
  private final Set<MuxSocket> asked = ConcurrentHashMap.newKeySet();
  private final StreamPool streams;

  /// @param environment of this process, out of which `SendEnv` picks
  /// @param logins by which a login may ask a person; empty where none may
  public ChannelPool(
      SshTarget target, Map<String, String> environment, Optional<AskedLogins> logins) {
    this.target = target;
    masters = MasterPool.forChannels(target, environment, logins);
    streams = new StreamPool(target, masters, asked);
  }

  /// The connections to ports over the same masters.
  public StreamPool streams() {
    return streams;
  }

  /// A channel that is open and has no command on it yet.
  public record Lease(PooledMaster owner, ExecChannel channel) {

    /// The command as this channel takes it.
    public LoginShell.Line line(Command command) {
      return channel.line(owner.master().shell(), command);
    }
  }

  /// Whether there is a master.
  public boolean isConnected() {
    return masters.hasMaster();
  }

  /// See [MasterPool#begin].
  public void begin() {
    masters.begin();
  }

  /// Logs in where there is no master, and waits for that, but not for a session that others hold:
  /// the next call does, for as long as its own time lasts. The channel that proves it is that
  /// call's.
  ///
  /// @throws TransportException if that did not work, or the thread is interrupted
  public void open() {
    Optional<Lease> proof = Optional.empty();
    int lost = 0;
    do {
      masters.connect();
      try {
        proof = takeNow(Patience.endless());
      } catch (IOException e) {
        requireHope(++lost, e);
      }
      requireTime(Patience.endless());
    } while (proof.isEmpty() && !masters.hasMaster());
    proof.ifPresent(lease -> {
      masters.keepSpare(lease.owner(), OpeningChannel.opened(lease.channel()));
      lease.owner().shellAhead().startSoon(masters);
    });
  }

  /// Takes a channel, waiting for a login or a free session where there is none.
  ///
  /// @throws TransportException if there is none in time or none is wanted any more, this process
  ///   can have no socket to it, the host closes one connection after the other, or the thread is
  ///   interrupted (whose flag stays set): nothing was started
  public Lease acquire(Patience patience) {
    OptionalLong refusedAt = OptionalLong.empty();
    int lost = 0;
    while (true) {
      requireTime(patience);
      long since = refusedAt.orElse(System.nanoTime());
      try {
        Optional<Lease> lease = take(masters.grant(patience, since), patience);
        if (lease.isPresent()) {
          return lease.get();
        }
      } catch (IOException e) {
        requireHope(++lost, e);
      }
      refusedAt = OptionalLong.of(refusedAt.orElse(System.nanoTime()));
    }
  }

  private void requireHope(int lost, IOException why) {
    if (lost == MasterPool.MOST_LOST) {
      throw SshDiagnosis.of(
          Kind.LINK_DOWN,
          target,
          "'%s' takes logins, but each connection ended before it opened a session for the command"
                  .formatted(target.host())
              + " (%d in a row, the last: %s)".formatted(lost, why.getMessage()),
          "Nothing was started. See the log of sshd on the host, and what ends its connections.");
    }
  }

  /// Opens what was granted.
  ///
  /// @return empty if the server has no session, or has not answered in time
  /// @throws IOException if the master is gone: nothing was sent but the wish for a channel
  private Optional<Lease> take(Grant grant, Patience patience) throws IOException {
    PooledMaster owner = grant.owner();
    Optional<MuxSocket> socket = Optional.empty();
    try {
      OpeningChannel opening =
          switch (grant) {
            case Grant.Spare(PooledMaster of, OpeningChannel asked) -> asked;
            case Grant.Slot(PooledMaster of, Optional<MuxSocket> idle) -> {
              socket = Optional.of(idle.isPresent() ? idle.get() : of.connect(patience));
              yield ask(of, socket.get());
            }
          };
      socket = Optional.of(opening.socket());
      return await(owner, opening, patience);
    } catch (NoSocketException e) {
      notAsked(owner, socket, e);
      throw SshDiagnosis.noSocket(target, e);
    } catch (IOException | RuntimeException | Error e) {
      notAsked(owner, socket, e);
      throw e;
    }
  }

  /// Nothing was asked of the master. It stays where the cause is on this side: the caller waits no
  /// more, or this process has no socket or memory left.
  private void notAsked(PooledMaster owner, Optional<MuxSocket> socket, Throwable why) {
    boolean ours =
        !(why instanceof IOException)
            || why instanceof InterruptedIOException
            || why instanceof NoSocketException;
    if (socket.isEmpty() && ours) {
      masters.giveBack(owner, socket);
    } else {
      masters.broken(owner, socket);
    }
  }

  private void requireTime(Patience patience) {
    if (Thread.currentThread().isInterrupted()) {
      throw SshDiagnosis.noSessionWanted(target);
    }
    if (patience.isUnwanted()) {
      throw SshDiagnosis.closed(target);
    }
    if (patience.nanos() <= 0) {
      throw masters.tooLate();
    }
  }

  private Optional<Lease> await(PooledMaster owner, OpeningChannel opening, Patience patience)
      throws IOException {
    return switch (answer(opening, patience)) {
      case OpeningChannel.Answer.Opened(ExecChannel channel) ->
          Optional.of(new Lease(owner, channel));
      case OpeningChannel.Answer.Refused refused -> {
        masters.refused(owner, refused.others(), Optional.of(refused.socket()));
        yield Optional.empty();
      }
      case OpeningChannel.Answer.Pending() -> {
        leaveToReaper(owner, opening);
        yield Optional.empty();
      }
    };
  }

  private OpeningChannel.Answer answer(OpeningChannel opening, Patience patience)
      throws IOException {
    asked.add(opening.socket());
    try {
      return opening.await(patience);
    } finally {
      asked.remove(opening.socket());
    }
  }

  /// Makes every caller that waits for a channel look whether it still wants one.
  public void wakeWaiting() {
    masters.wakeWaiting();
    asked.forEach(MuxSocket::wakeup);
  }

  /// The answer will come, and a thread must be there for it.
  private void leaveToReaper(PooledMaster owner, OpeningChannel opening) {
    masters.lock().withLock(owner::answerIsLate);
    Thread.ofVirtual()
        .name("initrunner-ssh-late-answer")
        .start(() -> {
          try {
            OpeningChannel.Answer answer = opening.await(Patience.endless());
            masters.lock().withLock(owner::lateAnswerCame);
            switch (answer) {
              case OpeningChannel.Answer.Opened(ExecChannel channel) ->
                  release(new Lease(owner, channel));
              case OpeningChannel.Answer.Refused refused ->
                  masters.refused(owner, refused.others(), Optional.of(refused.socket()));
              case OpeningChannel.Answer.Pending() ->
                  throw new IllegalStateException("this thread was interrupted");
            }
          } catch (IOException masterGone) {
            masters.broken(owner, Optional.of(opening.socket()));
          }
        });
  }

  /// Takes a channel if that needs no wait for a login or for other calls.
  ///
  /// @return empty if there is none, or the server did not answer in time
  /// @throws TransportException if this process can have no socket to it
  public Optional<Lease> acquireNow(Patience patience) {
    try {
      return takeNow(patience);
    } catch (IOException masterGone) {
      return Optional.empty();
    }
  }

  private Optional<Lease> takeNow(Patience patience) throws IOException {
    Optional<Grant> granted = masters.grantNow();
    return granted.isPresent() ? take(granted.get(), patience) : Optional.empty();
  }

  /// Ends the lease's channel and opens another in its place, in the same session slot.
  ///
  /// @return empty if the server gave none; the lease has ended then
  public Optional<Lease> exchange(Lease lease, Patience patience) {
    MuxSocket socket = lease.channel().end();
    try {
      return await(lease.owner(), ask(lease.owner(), socket), patience);
    } catch (IOException masterGone) {
      masters.broken(lease.owner(), Optional.of(socket));
      return Optional.empty();
    } catch (RuntimeException | Error e) {
      masters.broken(lease.owner(), Optional.of(socket));
      throw e;
    }
  }

  /// Asks for the next channel ahead of need, if no call waits and the server is thought to have a
  /// session left: the answer comes while the command of this call runs.
  public void prepareSpare(PooledMaster owner) {
    Optional<Grant.Slot> slot =
        target.ahead() == SshTarget.Ahead.NOTHING ? Optional.empty() : masters.slotForSpare(owner);
    if (slot.isEmpty()) {
      return;
    }
    Optional<MuxSocket> socket = slot.get().socket();
    try {
      Patience none = Patience.of(Duration.ZERO);
      socket = Optional.of(socket.isPresent() ? socket.get() : owner.connect(none));
      masters.keepSpare(owner, ask(owner, socket.get()));
    } catch (IOException | OutOfMemoryError theCommandNeedsNoSpare) {
      notAsked(owner, socket, theCommandNeedsNoSpare);
    } finally {
      masters.lock().withLock(owner::spareAsked);
    }
  }

  /// How many channels were asked for ahead of need and taken by no call. A server may have closed
  /// each of them since.
  public int spares() {
    return masters.spares();
  }

  /// Ends a channel and gives its session back; if callers wait, the next channel is asked for in
  /// the same write, so that the server sees the one end before it is asked for the other.
  public void release(Lease lease) {
    MuxSocket socket = lease.channel().end();
    boolean spareWanted = masters.wantsSpare(lease.owner());
    try {
      if (spareWanted) {
        masters.keepSpare(lease.owner(), ask(lease.owner(), socket));
        return;
      }
      // Input that the command did not want may be in front of the CLOSE, which frees the session.
      socket.flushAll(CLOSE_PATIENCE);
    } catch (IOException masterGone) {
      masters.broken(lease.owner(), Optional.of(socket));
      return;
    } finally {
      if (spareWanted) {
        masters.lock().withLock(lease.owner()::spareAsked);
      }
    }
    masters.giveBack(lease.owner(), Optional.of(socket));
    lease.owner().shellAhead().startSoon(masters);
  }

  /// Ends a channel on which no command can be started. If a shell that waited there has ended, no
  /// shell waits on this master any more.
  public void unusable(Lease lease) {
    if (lease.channel().shellWaits()) {
      masters.lock().withLock(lease.owner().shellAhead()::lost);
    }
    release(lease);
  }

  /// Ends a channel on which the login shell did not begin what it was given, and asks the shell
  /// what it understands. Blocks while it answers.
  ///
  /// @throws TransportException if it runs no commands
  public void learnShell(Lease lease) {
    release(lease);
    lease.owner().learnShell();
  }

  private OpeningChannel ask(PooledMaster owner, MuxSocket socket) throws IOException {
    return OpeningChannel.ask(socket, masters.others(owner));
  }

  /// See [MasterPool#broken].
  public void broken(Lease lease) {
    masters.broken(lease.owner(), Optional.of(lease.channel().socket()));
  }

  /// Ends every master that we started. The calls on them are at their end then.
  @Override
  public void close() {
    masters.close();
  }
}
