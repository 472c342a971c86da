package initrunner.run;

import initrunner.exec.RemedyException;
import initrunner.role.Role;
import initrunner.runtime.FileTransfers;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Progress;
import initrunner.transfer.TransferReport;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/// Brings back what commands on a host changed in the copies of a role's mounts of this machine.
/// For one thread.
///
/// @param home the user's InitRunner directory
/// @param watch hears what does not come back
public record MountsBack(Role role, RoleRuntime runtime, Path home, Workspace.Watch watch) {

  /// Brings it back. Blocks; an interrupt leaves it on the host. Never throws: the watch hears what
  /// failed.
  ///
  /// @return whether all came back; there is nothing to bring for a role without such mounts, and
  ///   where no copy was brought to the host
  public boolean areBack() {
    if (!StagedMounts.comeBack(role) || !runtime.hostWork().hasStaged()) {
      return true;
    }
    if (Thread.currentThread().isInterrupted()) {
      watch.complain(notBack(""), again());
      return false;
    }
    try {
      boolean areBack = true;
      FileTransfers transfers = runtime.hostWork().transfers(home);
      Progress progress =
          watch.moves("bringing back what changed in the role's mounts on " + runtime.place());
      for (Trees mount : transfers.writableMounts()) {
        areBack &= isBack(mount, transfers.run(mount, WorkspaceTrees.PULL, progress));
      }
      return areBack;
    } catch (RemedyException e) {
      watch.complain(notBack(": " + e.getMessage()), e.remedy() + "\n" + again());
    } catch (UncheckedIOException e) {
      watch.complain(notBack(": " + e.getMessage()), again());
    }
    return false;
  }

  private String notBack(String why) {
    return "what changed in the role's mounts on " + runtime.place() + " has not come back" + why;
  }

  private String again() {
    return "It stays there; the role's next command there brings it back: "
        + WorkspaceText.nextCommand(role);
  }

  private boolean isBack(Trees mount, TransferReport report) {
    Optional<WorkspaceText.Complaint> complaint = WorkspaceText.mount(report, mount);
    complaint.ifPresent(text -> watch.complain(text.what(), text.remedy()));
    return complaint.isEmpty();
  }
}
