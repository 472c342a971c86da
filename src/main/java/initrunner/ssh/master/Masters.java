package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.client.ControlPersist;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The masters to one host, from their login to their end.
///
/// Safe for any number of threads. [#lock] guards this object, its [MasterChannels] and the
/// [MasterPool] that hands them out; it is never held while anything is waited for but its own
/// condition. At most one login is under way at a time, on a thread of its own, so that nobody's
/// interrupt or deadline ends it for the others.
final class Masters implements AutoCloseable {

  /// Callers of a full server get another connection only while there are fewer than this.
  private static final int MAX_MASTERS = 4;

  /// Ending a master takes an `ssh` of at most five seconds.
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(12);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SshTarget target;
  private final MasterLogin login;
  private final Optional<Duration> idleBound;
  private final List<MasterChannels> masters = new ArrayList<>();
  private final List<Thread> background = new ArrayList<>();
  private Optional<Thread> loggingIn = Optional.empty();
  private boolean beginning;
  private Optional<TransportException> failure = Optional.empty();
  private long loginsEnded;

  /// How many logins had ended when one was begun whose end nobody was told of yet.
  private OptionalLong begunAfter = OptionalLong.empty();

  private boolean closed;

  Masters(SshTarget target, Map<String, String> environment) {
    this.target = target;
    login = new MasterLogin(target, environment);
    idleBound = ControlPersist.idleBound(target.controlPersist());
  }

  ReentrantLock lock() {
    return lock;
  }

  /// Signalled when a session or a master may have become free, when a login has come to the
  /// network, and when it has ended.
  Condition changed() {
    return changed;
  }

  /// Those that calls may be put on. The lock is held.
  List<MasterChannels> usable() {
    return masters.stream().filter(MasterChannels::isUsable).toList();
  }

  /// Whether no command runs on any. The lock is held.
  boolean areIdle() {
    return masters.stream().allMatch(MasterChannels::isIdle);
  }

  /// When a server that had no session is asked again, if one is to be; nobody signals that. The
  /// lock is held.
  long refusalPauseNanos() {
    return masters.stream()
        .filter(MasterChannels::isUsable)
        .mapToLong(MasterChannels::refusalPauseNanos)
        .filter(pause -> pause > 0)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// Whether there may be one more. The lock is held.
  boolean mayGrow() {
    return masters.size() < MAX_MASTERS;
  }

  /// Starts to log in if nobody has, and returns when that waits for the network: what the caller
  /// does next must not slow it down. A failure is the next caller's; an interrupt ends the wait.
  void begin() {
    lock.lock();
    try {
      if (!hasMaster()) {
        begunAfter = OptionalLong.of(loginsEnded);
        beginLogin();
        while (beginning) {
          changed.await();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /// Logs in if nobody has, and waits for that. How long it takes at most is `ssh`'s business.
  ///
  /// @throws TransportException if that did not work, or the thread is interrupted (whose flag
  ///   stays set)
  void connect() {
    lock.lock();
    try {
      long seen = loginsSeen();
      requireHope(seen);
      while (!hasMaster()) {
        beginLogin();
        changed.await();
        requireHope(seen);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(target);
    } finally {
      lock.unlock();
    }
  }

  /// How many attempts to log in had ended when the one was begun that the caller is told of. The
  /// lock is held.
  long loginsSeen() {
    long seen = begunAfter.orElse(loginsEnded);
    begunAfter = OptionalLong.empty();
    return seen;
  }

  /// The lock is held.
  ///
  /// @param loginsSeen when the caller came
  /// @throws TransportException if this is closed, or nobody could log in since
  void requireHope(long loginsSeen) {
    if (closed) {
      throw SshDiagnosis.closed(target);
    }
    if (!hasMaster() && loginsEnded > loginsSeen && failure.isPresent()) {
      throw failure.get();
    }
  }

  boolean hasMaster() {
    lock.lock();
    try {
      return masters.stream().anyMatch(MasterChannels::isUsable);
    } finally {
      lock.unlock();
    }
  }

  /// What a caller is told who has no channel when its time is up.
  TransportException tooLate() {
    lock.lock();
    try {
      List<MasterChannels> usable = usable();
      if (usable.stream().anyMatch(MasterChannels::isSilent)) {
        return SshDiagnosis.noAnswer(target);
      }
      return usable.stream().anyMatch(MasterChannels::isLimited)
          ? SshDiagnosis.noSession(target)
          : SshDiagnosis.noConnection(target);
    } finally {
      lock.unlock();
    }
  }

  /// Starts an attempt to log in, unless one is under way. The lock is held.
  void beginLogin() {
    if (loggingIn.isEmpty() && !closed) {
      loggingIn = Optional.of(background("initrunner-ssh-login", this::logIn));
      beginning = true;
    }
  }

  private void logIn() {
    Optional<MasterChannels> made = Optional.empty();
    Optional<TransportException> failed = Optional.empty();
    try {
      made = Optional.of(loggedIn());
    } catch (TransportException e) {
      failed = Optional.of(e);
    } catch (RuntimeException | Error e) {
      failed =
          Optional.of(
              SshDiagnosis.of(
                  Kind.LINK_DOWN,
                  target,
                  "no connection to '"
                      + target.host()
                      + "': an error inside of initrunner, "
                      + e.getClass().getSimpleName(),
                  "Try by hand: {ssh} -o BatchMode=yes -v {host} true"));
    }
    boolean wanted;
    lock.lock();
    try {
      loggingIn = Optional.empty();
      beginning = false;
      loginsEnded++;
      // One more connection that could not be made is not why somebody has none later.
      failure = hasMaster() ? Optional.empty() : failed;
      wanted = !closed;
      made.filter(channels -> wanted).ifPresent(masters::add);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    made.ifPresent(channels -> {
      if (wanted) {
        idleBound.ifPresent(bound -> watch(channels, bound));
      } else {
        end(channels);
      }
    });
  }

  private MasterChannels loggedIn() {
    SshLink link = login.begin();
    begun();
    return login.finish(link);
  }

  private void begun() {
    lock.lock();
    try {
      beginning = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void watch(MasterChannels channels, Duration bound) {
    Thread watcher =
        Thread.ofVirtual().name("initrunner-ssh-idle").start(() -> endWhenIdle(channels, bound));
    lock.lock();
    try {
      channels.watchedBy(watcher);
    } finally {
      lock.unlock();
    }
  }

  /// Work that [#close] waits for: it ends masters and removes their directories. Not on a virtual
  /// thread: the JVM's thread that polls sockets for those makes its exit take 300 ms longer.
  private Thread background(String name, Runnable work) {
    lock.lock();
    try {
      background.removeIf(each -> each.getState() == Thread.State.TERMINATED);
      Thread thread = Thread.ofPlatform().daemon().name(name).start(work);
      background.add(thread);
      return thread;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// What `ControlPersist` means is ours to do, because a master counts our sockets as use.
  private void endWhenIdle(MasterChannels channels, Duration bound) {
    long pause = bound.toNanos();
    while (pause > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      lock.lock();
      try {
        if (channels.hasEnded()) {
          return;
        }
        pause = channels.isIdle() ? bound.toNanos() - channels.idleNanos() : bound.toNanos();
        if (pause <= 0) {
          channels.retire();
          endOnce(channels);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /// Ends a master, unless somebody does already. The lock is held: so [#close] finds either the
  /// master or the thread that ends it.
  private void endOnce(MasterChannels channels) {
    if (masters.contains(channels)) {
      var _ = background("initrunner-ssh-clean-up", () -> end(channels));
      masters.remove(channels);
    }
  }

  private void end(MasterChannels channels) {
    channels.link().close();
    lock.lock();
    try {
      channels.masterEnded();
    } finally {
      lock.unlock();
    }
  }

  /// Ends a master that takes no calls any more, once the last one is over.
  void endIfUnused(MasterChannels owner) {
    lock.lock();
    try {
      if (!owner.isUsable() && owner.isIdle()) {
        endOnce(owner);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends every master that we started, and waits for those that are being made or ended. The calls
  /// on them are at their end then. An interrupt does not end it; the flag is set again.
  @Override
  public void close() {
    List<Thread> busy;
    lock.lock();
    try {
      closed = true;
      List.copyOf(masters).forEach(this::endOnce);
      busy = List.copyOf(background);
      loggingIn.ifPresent(Thread::interrupt);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Uninterrupted.get(() -> joined(busy));
  }

  private static boolean joined(List<Thread> threads) {
    long until = System.nanoTime() + CLOSE_BOUND.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
      }
      return true;
    } catch (InterruptedException neverHere) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
