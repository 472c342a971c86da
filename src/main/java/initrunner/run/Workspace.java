package initrunner.run;

import initrunner.exec.RemedyException;
import initrunner.exec.TransportException;
import initrunner.exec.transport.Uninterrupted;
import initrunner.role.Role;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.role.sandbox.WorkspaceSettings.Pull;
import initrunner.role.sandbox.WorkspaceSettings.Push;
import initrunner.runtime.FileTransfers;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Progress;
import initrunner.transfer.TransferReport;
import initrunner.transfer.tree.TransferException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/// The workspace of one sandbox while its tools are used: the tree of this machine goes to the host
/// before the first command there, and what changed there comes back at the end. Without a
/// workspace in the sandbox, nothing is done.
///
/// Safe for many threads. The tree goes on a thread of its own, once for all who wait: an interrupt
/// ends its own caller's wait only. After a failure, the next command tries again.
public final class Workspace {

  private final Role role;
  private final RoleRuntime plain;
  private final Path home;
  private final Start start;
  private final Watch watch;
  private final Optional<WorkspaceSettings> settings;
  private final ReentrantLock lock = new ReentrantLock();

  /// Guarded by the lock, as are those below. Whether all of the tree went.
  private Optional<CompletableFuture<Boolean>> pushed = Optional.empty();

  private Optional<Thread> pusher = Optional.empty();
  private boolean ended;

  /// How the tree goes to the host.
  public enum Start {
    NEW,
    /// After a pause: what the calls so far have left there stays if the person's edits clash with
    /// it.
    RESUMED
  }

  /// Hears what becomes of the files. Called by several threads.
  public interface Watch {

    /// For a person who watches.
    void note(String line);

    /// What every person has to know.
    void complain(String what, String remedy);

    /// Files begin to move.
    ///
    /// @param what is moved where, for a person who watches
    /// @return watches how far it is
    Progress moves(String what);

    /// Writes to the log.
    static Watch logging() {
      System.Logger log = System.getLogger(Workspace.class.getName());
      return new Watch() {
        @Override
        public void note(String line) {
          log.log(Level.DEBUG, line);
        }

        @Override
        public void complain(String what, String remedy) {
          log.log(Level.WARNING, "{0}. {1}", what, remedy);
        }

        @Override
        public Progress moves(String what) {
          log.log(Level.DEBUG, what);
          return Progress.NONE;
        }
      };
    }
  }

  /// @param role one with this sandbox alone
  /// @param plain the same
  Workspace(Role role, RoleRuntime plain, Path home, Start start, Watch watch) {
    this.role = role;
    this.plain = plain;
    this.home = home;
    this.start = start;
    this.watch = watch;
    this.settings = WorkspaceSettings.of(role.sandbox());
  }

  /// Whether the role has one, or mounts whose files come back at the end too.
  boolean isDeclared() {
    return settings.isPresent() || StagedMounts.comeBack(role);
  }

  /// The role at work: before its first command here, the tree goes to the host.
  ///
  /// @param whole the role with all of its sandboxes
  RoleRuntime before(RoleRuntime whole) {
    return settings.isEmpty() ? whole : whole.after(role.security().sandboxName(), this::begin);
  }

  /// As [Workspaces#reached], of this sandbox.
  Optional<String> reached() {
    Optional<String> plan = plan();
    try {
      plain.preflight();
    } catch (TransportException e) {
      // The tree's first way there makes its directory.
      boolean isMissing = e.kind() == TransportException.Kind.COMMAND_INVALID;
      if (plan.isEmpty() || !isMissing || settings.orElseThrow().push() == Push.NEVER) {
        throw e;
      }
    }
    return plan;
  }

  /// Its host for a person.
  String place() {
    return plain.place();
  }

  private Optional<String> plan() {
    return settings.map(workspace -> {
      FileTransfers transfers = plain.hostWork().transfers(home);
      String what =
          workspace.push() == Push.NEVER
              ? "nothing goes"
              : WorkspaceText.planned(transfers.plan(trees(), WorkspaceTrees.PUSH));
      return WorkspaceText.plan(workspace, what + " to " + there());
    });
  }

  private Trees trees() {
    return WorkspaceTrees.of(role, home).orElseThrow();
  }

  private String there() {
    return plain.directory().orElse("") + " on " + plain.place();
  }

  private void begin() {
    try {
      boolean ignored = wanted().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransferException(
          "the workspace was not on " + plain.place() + " when the call was cancelled",
          "Nothing was started.");
    } catch (ExecutionException e) {
      throw Uninterrupted.unchecked(e);
    }
  }

  private CompletableFuture<Boolean> wanted() {
    lock.lock();
    try {
      if (ended) {
        throw new TransferException("the workspace is closed", "Nothing was started.");
      }
      if (pushed.isEmpty()) {
        CompletableFuture<Boolean> made = new CompletableFuture<>();
        pushed = Optional.of(made);
        pusher = Optional.of(Thread.ofVirtual().name("workspace").start(() -> push(made)));
      }
      return pushed.get();
    } finally {
      lock.unlock();
    }
  }

  private void push(CompletableFuture<Boolean> made) {
    try {
      made.complete(isPushed());
    } catch (RemedyException | UncheckedIOException e) {
      forget();
      made.completeExceptionally(
          new TransferException(
              "the workspace could not be brought to " + there() + ": " + e.getMessage(),
              remedy(e, "Fix that, and try again.")));
    } catch (RuntimeException | Error e) {
      forget();
      made.completeExceptionally(e);
    }
  }

  private static String remedy(RuntimeException failure, String other) {
    return failure instanceof RemedyException known ? known.remedy() : other;
  }

  private void forget() {
    lock.lock();
    try {
      pushed = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean isPushed() {
    Trees trees = trees();
    if (settings.orElseThrow().push() == Push.NEVER) {
      return true;
    }
    FileTransfers transfers = plain.hostWork().transfers(home);
    if (start == Start.RESUMED) {
      TransferReport planned = transfers.plan(trees, WorkspaceTrees.PUSH);
      if (!planned.conflicts().isEmpty()) {
        said(planned, "went to ");
        return false;
      }
    }
    Progress progress = watch.moves("bringing the workspace to " + plain.place());
    return said(transfers.run(trees, WorkspaceTrees.PUSH, progress), "went to ");
  }

  private boolean said(TransferReport report, String went) {
    WorkspaceText.moved(report, went + there()).ifPresent(watch::note);
    WorkspaceText.conflicts(report, role, plain.place())
        .ifPresent(text -> watch.complain(text.what(), text.remedy()));
    WorkspaceText.refused(report, role)
        .ifPresent(text -> watch.complain(text.what(), text.remedy()));
    // A directory that is missing there has nothing that could come back.
    return report.conflicts().isEmpty() && report.refused().isEmpty();
  }

  /// Brings back what changed on the host, if a command may have been started there. Blocks; the
  /// interrupt that ended the run does not end this, and its flag is set again. The caller has
  /// stopped all commands before. Never throws: the watch hears what failed.
  ///
  /// @return whether all that was to go and to come back did
  boolean end() {
    boolean wasInterrupted = Thread.interrupted();
    try {
      Optional<CompletableFuture<Boolean>> last = last();
      boolean isBack = last.isEmpty() || isBack(last.get().resultNow());
      return new MountsBack(role, plain, home, watch).areBack() && isBack;
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// What came of the tree's way to the host; empty if it did not come to its end.
  private Optional<CompletableFuture<Boolean>> last() {
    Optional<Thread> going;
    lock.lock();
    try {
      ended = true;
      going = pusher;
    } finally {
      lock.unlock();
    }
    going.ifPresent(Uninterrupted::end);
    lock.lock();
    try {
      return pushed.filter(made -> made.state() == CompletableFuture.State.SUCCESS);
    } finally {
      lock.unlock();
    }
  }

  private boolean isBack(boolean wentWhole) {
    if (settings.orElseThrow().pull() == Pull.NEVER) {
      return wentWhole;
    }
    Progress progress = watch.moves("bringing back what changed on " + plain.place());
    try {
      return said(
          plain.hostWork().transfers(home).run(trees(), WorkspaceTrees.PULL, progress),
          "came back from ");
    } catch (RemedyException | UncheckedIOException e) {
      watch.complain(
          "what changed in " + there() + " has not come back: " + e.getMessage(),
          remedy(e, "") + "\nBring it back with: " + WorkspaceText.sync(role));
      return false;
    }
  }
}
