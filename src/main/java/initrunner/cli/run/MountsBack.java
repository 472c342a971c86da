package initrunner.cli.run;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.RemedyException;
import initrunner.role.Role;
import initrunner.runtime.FileTransfers;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.text.SafeText;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.Progress;
import initrunner.transfer.Rules;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.TransferReport;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/// Brings back what commands on a host changed in the copies of a role's mounts of this machine.
/// For one thread.
public record MountsBack(Console console, Role role, RoleRuntime runtime) {

  private static final Rules PULL = new Rules(Direction.PULL, Deletion.FOLLOWED, Take.NEITHER);
  private static final int MOST_NAMES = 20;
  private static final String AGAIN = "It stays there; the role's next command brings it back.";

  /// Brings it back after a command, and complains of what does not come. Blocks; an interrupt
  /// leaves it on the host.
  ///
  /// @param status the command's exit status
  /// @return the same, or that of a failure if the command had none and not all came back
  public int after(int status) {
    return !StagedMounts.comeBack(role) || isBack() || status != ExitCodes.OK
        ? status
        : ExitCodes.FAILED;
  }

  private boolean isBack() {
    if (Thread.currentThread().isInterrupted()) {
      console.complain("what changed in the role's mounts has not come back", AGAIN);
      return false;
    }
    try {
      FileTransfers transfers = runtime.transfers(AuditLocation.home(console.environment()));
      boolean isBack = true;
      for (Trees trees : transfers.writableMounts()) {
        isBack &= isWhole(transfers.run(trees, PULL, Progress.NONE), trees);
      }
      return isBack;
    } catch (RemedyException e) {
      return failed(e, e.remedy());
    } catch (UncheckedIOException e) {
      return failed(e, "");
    }
  }

  private boolean failed(RuntimeException failure, String remedy) {
    console.complain(
        "what changed in the role's mounts has not come back: " + failure.getMessage(),
        remedy.isEmpty() ? AGAIN : remedy + "\n" + AGAIN);
    return false;
  }

  private boolean isWhole(TransferReport report, Trees trees) {
    List<String> names =
        Stream.concat(
                report.conflicts().stream()
                    .map(each -> SafeText.exact(each.name()) + ": " + each.reason()),
                report.refused().stream().map(SafeText::exact))
            .toList();
    if (!names.isEmpty()) {
      String shown = String.join("\n  ", names.stream().limit(MOST_NAMES).toList());
      int more = names.size() - MOST_NAMES;
      console.complain(
          names.size()
              + (names.size() == 1 ? " file" : " files")
              + " of the mount from "
              + SafeText.exact(trees.here().toString())
              + " did not come back; each side keeps its own",
          "  " + shown + (more > 0 ? "\n  and " + more + " more" : ""));
    }
    return names.isEmpty();
  }
}
