package initrunner.ssh.master;

import initrunner.ssh.mux.MuxSocket;
import initrunner.ssh.mux.OpeningChannel;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.SessionRequests;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// A master of a [MasterPool]: the sockets to it, and the sessions on it: how many are in use, how
/// many the server was found to allow, and those that are opened ahead of need.
///
/// A socket lives as long as its master: it carries one channel after the other and is never closed
/// alone, because a master does not survive the loss of a socket with an open unanswered or
/// refused.
///
/// The lock of its pool is held by the thread that calls, except where a method says otherwise.
public final class PooledMaster {

  /// A master goes through these in their order.
  private enum Life {
    USABLE,
    /// No call is put on it any more.
    RETIRED,
    /// The master is gone.
    ENDED
  }

  /// How long a learned limit is believed before one more session is tried.
  private static final long LIMIT_HOLDS_NANOS = 10_000_000_000L;

  /// How long not to ask a server that had no session although none of ours was in use: a session
  /// that has just ended is not free at once.
  private static final long REFUSAL_PAUSE_NANOS = 50_000_000L;

  /// A master keeps each channel that was refused, and ends with all of its calls when it has some
  /// ten thousand (OpenSSH `channels.c`, `channel_new`).
  private static final int MOST_REFUSALS = 4000;

  private volatile Master master;
  private final SessionRequests requests;
  private final PoolLock lock;
  private final Deque<MuxSocket> idle = new ArrayDeque<>();
  private final Deque<OpeningChannel> spares = new ArrayDeque<>();
  private final List<MuxSocket> dropped = new ArrayList<>();
  private int sparesBeingAsked;
  private int inUse;
  private int limit = Integer.MAX_VALUE;
  private boolean limited;
  private int refusals;
  private int lateAnswers;
  private int streams;
  private long limitedAt;
  private long lastUsed = System.nanoTime();
  private Optional<Thread> watcher = Optional.empty();
  private volatile Life life = Life.USABLE;
  private final ShellAhead shellAhead;

  /// @param lock of the pool
  PooledMaster(Master master, SessionRequests requests, PoolLock lock) {
    this.master = master;
    this.requests = requests;
    this.lock = lock;
    shellAhead = new ShellAhead(this, lock);
  }

  /// Not guarded.
  public Master master() {
    return master;
  }

  /// Asks the host's login shell what it understands. Blocks while it answers. Not guarded.
  void learnShell() {
    master = master.withKnownShell();
  }

  /// Not guarded.
  public SessionRequests requests() {
    return requests;
  }

  /// A channel that was asked for ahead of need.
  Optional<OpeningChannel> takeSpare() {
    lock.requireHeld();
    lastUsed = System.nanoTime();
    return Optional.ofNullable(spares.poll());
  }

  /// Keeps a channel for the next call; it stays in use meanwhile.
  void keepSpare(OpeningChannel spare) {
    lock.requireHeld();
    spares.add(spare);
  }

  /// How many there are, those included that are being asked for.
  int spares() {
    lock.requireHeld();
    return spares.size() + sparesBeingAsked;
  }

  /// A spare is to be asked for, until [#spareAsked].
  void askForSpare() {
    lock.requireHeld();
    sparesBeingAsked++;
  }

  /// The spare that was to be asked for is kept, or could not be asked for.
  void spareAsked() {
    lock.requireHeld();
    sparesBeingAsked--;
  }

  /// Whether there is a spare to start a shell on, and no command runs, which that would slow down.
  boolean hasIdleSpare() {
    lock.requireHeld();
    return isUsable() && isIdle() && !spares.isEmpty() && !spares.getFirst().shellWaits();
  }

  /// Takes the spare, which is no use of the master.
  OpeningChannel removeSpare() {
    lock.requireHeld();
    return spares.remove();
  }

  ShellAhead shellAhead() {
    return shellAhead;
  }

  /// Reserves a session, if the server is thought to have one left.
  boolean reserve() {
    lock.requireHeld();
    long sinceRefusal = System.nanoTime() - limitedAt;
    if (inUse >= limit && sinceRefusal > LIMIT_HOLDS_NANOS) {
      limit = inUse + 1;
      limitedAt = System.nanoTime();
    }
    if (inUse >= limit || refusalPauseNanos() > 0) {
      return false;
    }
    inUse++;
    lastUsed = System.nanoTime();
    return true;
  }

  /// The same, to ask for a spare on it.
  boolean reserveForSpare() {
    boolean reserved = reserve();
    if (reserved) {
      askForSpare();
    }
    return reserved;
  }

  /// How long not to ask a server that had no session although none of ours was in use; 0 where it
  /// may be asked.
  long refusalPauseNanos() {
    lock.requireHeld();
    return inUse == 0 && limited
        ? Math.max(0, limitedAt + REFUSAL_PAUSE_NANOS - System.nanoTime())
        : 0;
  }

  /// How many sessions are in use, reserved ones included.
  int inUse() {
    lock.requireHeld();
    return inUse;
  }

  /// The server had no session for one that was reserved.
  ///
  /// @param others how many others were in use when it was asked for
  void refused(int others) {
    lock.requireHeld();
    inUse--;
    // Those that were only being asked for are among the others: a limit never rises by a refusal.
    limit = Math.max(1, Math.min(limit, others));
    countRefusal();
    limited = true;
    limitedAt = System.nanoTime();
  }

  private void countRefusal() {
    if (++refusals == MOST_REFUSALS) {
      retire();
    }
  }

  /// A connection to a port is being made; it takes no session.
  void streamBegins() {
    lock.requireHeld();
    streams++;
    lastUsed = System.nanoTime();
  }

  /// It is over, or there is none.
  void streamEnds() {
    lock.requireHeld();
    streams--;
    lastUsed = System.nanoTime();
  }

  /// There is none, because the server refused it.
  void streamRefused() {
    streamEnds();
    countRefusal();
  }

  /// Whether the server was found to have no session for us.
  boolean isLimited() {
    lock.requireHeld();
    return limited;
  }

  /// The call that asked for a channel waits for the answer no more.
  void answerIsLate() {
    lock.requireHeld();
    lateAnswers++;
  }

  void lateAnswerCame() {
    lock.requireHeld();
    lateAnswers--;
  }

  /// Whether the server has not answered an open in time, and not since.
  boolean isSilent() {
    lock.requireHeld();
    return lateAnswers > 0;
  }

  /// Gives a reserved session back.
  void free() {
    lock.requireHeld();
    inUse--;
    lastUsed = System.nanoTime();
  }

  /// Whether nothing but spares is in use.
  boolean isIdle() {
    lock.requireHeld();
    return inUse == spares.size();
  }

  /// The same, and no connection to a port is there.
  boolean isUnused() {
    return isIdle() && streams == 0;
  }

  long idleNanos() {
    lock.requireHeld();
    return System.nanoTime() - lastUsed;
  }

  /// A socket more to this master. Not guarded.
  MuxSocket connect(Patience patience) throws IOException {
    return MuxSocket.connect(master.controlPath(), patience);
  }

  Optional<MuxSocket> takeIdle() {
    lock.requireHeld();
    return Optional.ofNullable(idle.poll());
  }

  void keepIdle(MuxSocket socket) {
    lock.requireHeld();
    if (hasEnded()) {
      socket.close();
    } else {
      idle.add(socket);
    }
  }

  /// Keeps a socket that is of no use any more: closed now if the master has ended, else with it.
  void drop(MuxSocket socket) {
    lock.requireHeld();
    if (hasEnded()) {
      socket.close();
    } else {
      dropped.add(socket);
    }
  }

  /// A thread that has nothing more to wait for when the master has ended.
  void watchedBy(Thread thread) {
    lock.requireHeld();
    if (hasEnded()) {
      thread.interrupt();
    } else {
      watcher = Optional.of(thread);
    }
  }

  /// No call is put on this master any more.
  void retire() {
    lock.requireHeld();
    if (life == Life.USABLE) {
      life = Life.RETIRED;
    }
  }

  /// Whether calls may be put on it. Not guarded.
  boolean isUsable() {
    return life == Life.USABLE;
  }

  /// Closes every socket that is not in use. The master must have ended before; a call that uses a
  /// socket finds it at its end and drops it.
  void masterEnded() {
    lock.requireHeld();
    life = Life.ENDED;
    watcher.ifPresent(Thread::interrupt);
    idle.forEach(MuxSocket::close);
    dropped.forEach(MuxSocket::close);
    spares.forEach(spare -> spare.socket().close());
    idle.clear();
    dropped.clear();
    spares.clear();
  }

  boolean hasEnded() {
    return life == Life.ENDED;
  }
}
