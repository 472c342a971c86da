package initrunner.role.sandbox;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `spec.security.sandbox.ssh.workspace`: the tree of this machine of which `remote_cwd` is a copy.
///
/// @param local an absolute path, unless the role was loaded to be shown and it has a variable
/// @param exclude patterns of names that take no part
public record WorkspaceSettings(Path local, Push push, Pull pull, List<String> exclude) {

  /// The values of `push`.
  public enum Push {
    BEFORE_RUN,
    NEVER
  }

  /// The values of `pull`.
  public enum Pull {
    AFTER_RUN,
    NEVER
  }

  private static final Field<Path> LOCAL =
      Field.required(
              "local",
              new WorkspaceDirectory(),
              Path.of("."),
              "Directory of this machine that is copied to remote_cwd; it must exist, and the home"
                  + " directory is not in it.")
          .withExample(".");

  public static final Section<WorkspaceSettings> SECTION = Section.of(WorkspaceSettings::of);

  public WorkspaceSettings {
    exclude = List.copyOf(exclude);
  }

  /// The workspace of a sandbox on a host; empty if it has none.
  public static Optional<WorkspaceSettings> of(SandboxSettings sandbox) {
    return sandbox
        .ssh()
        .filter(_ -> sandbox.backend() == SandboxSettings.Backend.SSH)
        .flatMap(SshSettings::workspace);
  }

  private static WorkspaceSettings of(Fields f) {
    return new WorkspaceSettings(
        f.get(LOCAL),
        f.choice("push", Push.BEFORE_RUN, "When what changed here goes to the host."),
        f.choice(
            "pull",
            Pull.AFTER_RUN,
            "When what changed on the host comes back: after_run, also after one that failed or"
                + " was stopped, or never."),
        f.get(
            "exclude",
            new ListOf<>(Text.notBlank()),
            List.of(),
            "Names that take no part, as *.log or build; one with a / is a path of the tree. .git"
                + " and what git ignores never do."));
  }
}
