package initrunner.run;

import initrunner.role.Role;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.text.SafeText;
import initrunner.text.ShellWord;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.TransferReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a person reads of a workspace's transfers. Names in it are safe to show. Stateless.
final class WorkspaceText {

  private static final int MOST_NAMES = 20;

  private WorkspaceText() {}

  /// A complaint with its next step.
  record Complaint(String what, String remedy) {}

  /// The command that exchanges the trees by hand.
  static String sync(Role role) {
    return "initrunner sync " + of(role);
  }

  /// A command that changes nothing, behind which the mounts come back.
  static String nextCommand(Role role) {
    return "initrunner exec " + of(role) + " -- true";
  }

  /// The role on a command line, and of several sandboxes the one.
  private static String of(Role role) {
    return SafeText.exact(ShellWord.quote(role.file().toString()))
        + role.security().sandboxName().map(name -> " --sandbox " + name).orElse("");
  }

  /// @param going what would go
  static String plan(WorkspaceSettings workspace, String going) {
    return SafeText.exact(workspace.local().toString())
        + ": "
        + going
        + "; "
        + (workspace.pull() == WorkspaceSettings.Pull.AFTER_RUN
            ? "what changes there comes back"
            : "nothing comes back");
  }

  static String planned(TransferReport report) {
    String removed =
        report.removedThere().isEmpty()
            ? ""
            : ", " + report.removedThere().size() + " would be removed there";
    String conflicts =
        report.conflicts().isEmpty() ? "" : ", " + report.conflicts().size() + " in conflict";
    return names(report.files()) + removed + conflicts + " would go";
  }

  /// @param went where the files went, as the end of the sentence
  static Optional<String> moved(TransferReport report, String went) {
    int files = report.files();
    int removed = report.removedThere().size() + report.removedHere().size();
    return files + removed == 0
        ? Optional.empty()
        : Optional.of("Workspace: " + names(files) + " " + went + removed(removed) + ".");
  }

  private static String removed(int count) {
    return count == 0 ? "" : ", " + count + " removed";
  }

  private static String names(int count) {
    return count + (count == 1 ? " file" : " files");
  }

  static Optional<Complaint> conflicts(TransferReport report, Role role, String host) {
    if (report.conflicts().isEmpty()) {
      return Optional.empty();
    }
    List<String> lines =
        listed(report.conflicts().stream().map(each -> name(each.name()) + ": " + each.reason()));
    lines.add("Look with: " + sync(role) + " --dry-run; decide with --take here or --take there.");
    return Optional.of(
        new Complaint(
            names(report.conflicts().size())
                + " of the workspace "
                + (report.conflicts().size() == 1 ? "differs" : "differ")
                + " here and on "
                + host
                + "; each side keeps its own",
            String.join("\n", lines)));
  }

  static Optional<Complaint> refused(TransferReport report, Role role) {
    if (report.refused().isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = listed(report.refused().stream().map(SafeText::exact));
    lines.add("Fix that, then: " + sync(role));
    return Optional.of(
        new Complaint(
            names(report.refused().size()) + " of the workspace could not be transferred",
            String.join("\n", lines)));
  }

  /// What of a mount's copy did not come back.
  static Optional<Complaint> mount(TransferReport report, Trees mount) {
    int count = report.conflicts().size() + report.refused().size();
    if (count == 0) {
      return Optional.empty();
    }
    List<String> lines =
        listed(
            Stream.concat(
                report.conflicts().stream().map(each -> name(each.name()) + ": " + each.reason()),
                report.refused().stream().map(SafeText::exact)));
    return Optional.of(
        new Complaint(
            names(count)
                + " of the mount from "
                + name(mount.here().toString())
                + " did not come back; each side keeps its own",
            String.join("\n", lines)));
  }

  private static String name(String name) {
    return SafeText.exact(name);
  }

  private static List<String> listed(Stream<String> all) {
    List<String> given = all.toList();
    List<String> lines = new ArrayList<>();
    given.stream().limit(MOST_NAMES).forEach(line -> lines.add("  " + line));
    if (given.size() > MOST_NAMES) {
      lines.add("  … " + (given.size() - MOST_NAMES) + " more");
    }
    return lines;
  }
}
