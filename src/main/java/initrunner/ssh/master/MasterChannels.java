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

/// The sockets to one master and the sessions on it: how many are in use, how many the server was
/// found to allow, and those that are opened ahead of need.
///
/// A socket lives as long as its master: it carries one channel after the other and is never closed
/// alone, because a master does not survive the loss of a socket with an open unanswered or
/// refused.
///
/// Guarded by the lock of its [Masters], except where a method says otherwise.
public final class MasterChannels {

  /// How long a learned limit is believed before one more session is tried.
  private static final long LIMIT_HOLDS_NANOS = 10_000_000_000L;

  /// How long nothing is asked of a server that had no session although none of ours was in use:
  /// one that has just ended is not free at once.
  private static final long REFUSAL_PAUSE_NANOS = 50_000_000L;

  /// A master keeps each channel that was refused, and ends with all of its calls when it has some
  /// ten thousand (OpenSSH `channels.c`, `channel_new`).
  private static final int MOST_REFUSALS = 4000;

  private final SshLink link;
  private final Connection connection;
  private final SessionRequests requests;
  private final Deque<MuxSocket> idle = new ArrayDeque<>();
  private final Deque<OpeningChannel> spares = new ArrayDeque<>();
  private final List<MuxSocket> dropped = new ArrayList<>();
  private int inUse;
  private int limit = Integer.MAX_VALUE;
  private boolean limited;
  private int refusals;
  private int lateAnswers;
  private long limitedAt;
  private long lastUsed = System.nanoTime();
  private Optional<Thread> watcher = Optional.empty();
  private volatile boolean retired;
  private final ShellAhead shellAhead;
  private boolean ended;

  MasterChannels(SshLink link, Connection connection, SessionRequests requests) {
    this.link = link;
    this.connection = connection;
    this.requests = requests;
    shellAhead = new ShellAhead(this);
  }

  SshLink link() {
    return link;
  }

  public Connection connection() {
    return connection;
  }

  public SessionRequests requests() {
    return requests;
  }

  /// A channel that was asked for ahead of need.
  Optional<OpeningChannel> takeSpare() {
    lastUsed = System.nanoTime();
    return Optional.ofNullable(spares.poll());
  }

  /// Keeps a channel for the next who needs one; it stays in use meanwhile.
  void keepSpare(OpeningChannel spare) {
    spares.add(spare);
  }

  boolean hasSpare() {
    return !spares.isEmpty();
  }

  /// Whether there is a spare to start a shell on, and no command runs, which that would slow down.
  boolean hasIdleSpare() {
    return !retired && isIdle() && hasSpare() && !spares.getFirst().shellWaits();
  }

  /// Takes the spare, which is no use of the master.
  OpeningChannel removeSpare() {
    return spares.remove();
  }

  ShellAhead shellAhead() {
    return shellAhead;
  }

  /// Reserves a session, if the server is thought to have one left.
  boolean reserve() {
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

  /// How long nothing is asked of a server that had no session although none of ours was in use; 0
  /// where it may be asked.
  long refusalPauseNanos() {
    return inUse == 0 && limited
        ? Math.max(0, limitedAt + REFUSAL_PAUSE_NANOS - System.nanoTime())
        : 0;
  }

  /// How many sessions are in use, reserved ones included.
  int inUse() {
    return inUse;
  }

  /// The server had no session for one that was reserved.
  ///
  /// @param others how many others were in use when it was asked for
  void refused(int others) {
    inUse--;
    // Those that were only being asked for are among the others: a limit never rises by a refusal.
    limit = Math.max(1, Math.min(limit, others));
    if (++refusals == MOST_REFUSALS) {
      retire();
    }
    limited = true;
    limitedAt = System.nanoTime();
  }

  /// Whether the server was found to have no session for us.
  boolean isLimited() {
    return limited;
  }

  /// An open is waited for by nobody who asked for it.
  void answerIsLate() {
    lateAnswers++;
  }

  void lateAnswerCame() {
    lateAnswers--;
  }

  /// Whether the server has not answered an open in time, and not since.
  boolean isSilent() {
    return lateAnswers > 0;
  }

  /// Gives a reserved session back.
  void free() {
    inUse--;
    lastUsed = System.nanoTime();
  }

  /// Whether nothing but spares is in use.
  boolean isIdle() {
    return inUse == spares.size();
  }

  long idleNanos() {
    return System.nanoTime() - lastUsed;
  }

  /// A socket more to this master. Not guarded.
  MuxSocket connect(Patience patience) throws IOException {
    return MuxSocket.connect(connection.master().controlPath(), patience);
  }

  Optional<MuxSocket> takeIdle() {
    return Optional.ofNullable(idle.poll());
  }

  void keepIdle(MuxSocket socket) {
    if (ended) {
      socket.close();
    } else {
      idle.add(socket);
    }
  }

  /// Keeps a socket that is of no use any more: closed now if the master has ended, else with it.
  void drop(MuxSocket socket) {
    if (ended) {
      socket.close();
    } else {
      dropped.add(socket);
    }
  }

  /// A thread that has nothing more to wait for when the master has ended.
  void watchedBy(Thread thread) {
    if (ended) {
      thread.interrupt();
    } else {
      watcher = Optional.of(thread);
    }
  }

  /// No call is put on this master any more.
  void retire() {
    retired = true;
  }

  /// Whether calls may be put on it. Not guarded.
  boolean isUsable() {
    return !retired;
  }

  /// Closes every socket that nobody uses. The master must have ended before; a socket in use is
  /// dropped by its user, who finds it at its end.
  void masterEnded() {
    ended = true;
    watcher.ifPresent(Thread::interrupt);
    idle.forEach(MuxSocket::close);
    dropped.forEach(MuxSocket::close);
    spares.forEach(spare -> spare.socket().close());
    idle.clear();
    dropped.clear();
    spares.clear();
  }

  boolean hasEnded() {
    return ended;
  }
}
