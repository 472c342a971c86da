package initrunner.role.summary;

import initrunner.role.Role;
import initrunner.role.Security;
import initrunner.role.Security.SensitiveNames;
import initrunner.role.model.Additions;
import initrunner.role.model.ModelSettings;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.BindMount;
import initrunner.role.sandbox.SshPrograms;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.sandbox.SshSettings.Launcher;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.schema.type.Variables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How a role reaches beyond its sandbox, in plain language: mounts, variables, keys, and the
/// programs that its ssh configuration names. Reads that configuration and starts nothing.
/// Stateless.
final class ReachSummary {

  private ReachSummary() {}

  /// What holds for all of the role.
  static List<String> of(Role role) {
    List<String> lines = new ArrayList<>();
    role.model().ifPresent(model -> lines.addAll(requests(model)));
    lines.addAll(names(role.security().sensitiveNames()));
    Security.RecordedContents recorded = role.security().recorded();
    if (recorded.arguments()) {
      lines.add(
          "The audit log holds the arguments of its calls, without secrets (audit.arguments).");
    }
    if (recorded.output()) {
      lines.add(
          "The audit log holds both ends of what its calls print, without secrets (audit.output).");
    }
    return lines;
  }

  /// What holds for one sandbox.
  ///
  /// @param role with that sandbox alone
  static List<String> ofSandbox(Role role) {
    List<String> lines = new ArrayList<>();
    SandboxSettings sandbox = role.sandbox();
    if (containsCommands(sandbox)) {
      lines.addAll(files(role, sandbox));
      lines.addAll(container(sandbox));
    }
    if (isOverSsh(sandbox)) {
      note(
          lines,
          "Copied from this machine to the host: ",
          sandbox.bindMounts().stream().filter(BindMount::local).map(ReachSummary::mount).toList());
      sandbox.ssh().ifPresent(ssh -> lines.addAll(ssh(ssh)));
    }
    String when = role.security().sandboxName().isEmpty() ? "a run" : "its first call";
    WorkspaceSettings.of(sandbox).ifPresent(workspace -> lines.addAll(workspace(workspace, when)));
    return lines;
  }

  private static boolean containsCommands(SandboxSettings sandbox) {
    return sandbox.backend().containsHere()
        || (sandbox.backend() == SandboxSettings.Backend.SSH
            && sandbox
                .ssh()
                .map(SshSettings::launcher)
                .filter(launcher -> launcher == Launcher.BWRAP || launcher == Launcher.DOCKER)
                .isPresent());
  }

  private static List<String> requests(ModelSettings model) {
    List<String> lines = new ArrayList<>();
    model
        .apiKeyEnv()
        .ifPresent(name -> lines.add("Its model's server gets the key in " + name + "."));
    Additions additions = model.additions();
    List<String> names =
        Stream.concat(additions.headers().values().stream(), texts(additions.body()))
            .flatMap(text -> Variables.names(text).stream())
            .distinct()
            .toList();
    if (!names.isEmpty()) {
      lines.add("Its model's server gets the variables " + String.join(", ", names) + ".");
    }
    return lines;
  }

  private static Stream<String> texts(Object value) {
    return switch (value) {
      case String text -> Stream.of(text);
      case Map<?, ?> mapping -> mapping.values().stream().flatMap(ReachSummary::texts);
      case Collection<?> list -> list.stream().flatMap(ReachSummary::texts);
      default -> Stream.empty();
    };
  }

  private static List<String> files(Role role, SandboxSettings sandbox) {
    boolean isHere = sandbox.backend().containsHere();
    List<String> lines = new ArrayList<>();
    if (isHere) {
      Optional.ofNullable(role.file().getParent())
          .ifPresent(directory ->
              lines.add(
                  "Commands can write to the role's directory, " + directory + ", as /work."));
    }
    String whose = isHere ? "this machine" : "the host";
    note(lines, "Commands can read, of " + whose + ": ", sandbox.allowedReadPaths());
    note(lines, "Commands can write to, of " + whose + ": ", sandbox.allowedWritePaths());
    note(
        lines,
        "Mounted from " + whose + ": ",
        sandbox.bindMounts().stream()
            .filter(mount -> !isOverSsh(sandbox) || !mount.local())
            .map(ReachSummary::mount)
            .toList());
    if (isHere) {
      note(lines, "Commands get the variables ", sandbox.envPassthrough());
    }
    return lines;
  }

  private static boolean isOverSsh(SandboxSettings sandbox) {
    return sandbox.backend() == SandboxSettings.Backend.SSH;
  }

  private static String mount(BindMount mount) {
    return mount.source()
        + " as "
        + mount.target()
        + (mount.readOnly() ? ", to be read" : ", to be read and written");
  }

  private static List<String> container(SandboxSettings sandbox) {
    List<String> lines = new ArrayList<>();
    if (!sandbox.readOnlyRootfs()) {
      lines.add("A container's own files can be changed (read_only_rootfs: false).");
    }
    note(lines, "Docker also gets the options ", sandbox.docker().extraArgs());
    if (!sandbox.docker().user().equals(Optional.of("auto"))) {
      lines.add(
          "A container's user is "
              + sandbox.docker().user().orElse("the image's own (docker.user: null)")
              + ".");
    }
    return lines;
  }

  private static List<String> ssh(SshSettings ssh) {
    List<String> lines = new ArrayList<>();
    ssh.identityFile().ifPresent(file -> lines.add("ssh logs in with the key in " + file + "."));
    if (ssh.launcher() == Launcher.SLURM) {
      note(lines, "srun also gets the options ", ssh.slurm().extraArgs());
    }
    ssh.configFile().ifPresent(file -> lines.addAll(configuration(file)));
    return lines;
  }

  /// @param when the files go
  private static List<String> workspace(WorkspaceSettings workspace, String when) {
    List<String> lines = new ArrayList<>();
    lines.add(
        switch (workspace.push()) {
          case BEFORE_RUN ->
              "Before "
                  + when
                  + ", the files of "
                  + workspace.local()
                  + " go there, also what is removed.";
          case NEVER -> "No file of " + workspace.local() + " goes there.";
        });
    lines.add(
        switch (workspace.pull()) {
          case AFTER_RUN ->
              "After a run, what its tools changed or removed there is changed or removed in "
                  + workspace.local()
                  + ".";
          case NEVER -> "Nothing comes back to " + workspace.local() + ".";
        });
    note(lines, "Of these files, it leaves out ", workspace.exclude());
    return lines;
  }

  private static List<String> configuration(Path file) {
    List<String> lines = new ArrayList<>();
    lines.add("ssh is configured by " + file + " in place of your own configuration.");
    List<String> programs = SshPrograms.in(file);
    note(
        lines,
        "That file has ssh start programs of this machine, or load or read other files,"
            + " whenever InitRunner examines or reaches the host: ",
        programs);
    return lines;
  }

  private static List<String> names(SensitiveNames names) {
    List<String> lines = new ArrayList<>();
    replaced(lines, "sensitive_env_prefixes", "begin", names.prefixes());
    replaced(lines, "sensitive_env_suffixes", "end", names.suffixes());
    names
        .allowed()
        .filter(allowed -> !allowed.isEmpty())
        .ifPresent(allowed ->
            lines.add(
                "Variables of these names count as no secret: "
                    + String.join(", ", allowed)
                    + " (env_allowlist)."));
    return lines;
  }

  private static void replaced(
      List<String> lines, String key, String how, Optional<List<String>> written) {
    written.ifPresent(list ->
        lines.add(
            list.isEmpty()
                ? "No variable counts as a secret by how its name " + how + "s (" + key + ": [])."
                : "Of secrets, only variables whose names %s with %s are known by that (%s)."
                    .formatted(how, String.join(", ", list), key)));
  }

  private static void note(List<String> lines, String begin, List<String> what) {
    if (!what.isEmpty()) {
      lines.add(what.stream().collect(Collectors.joining(", ", begin, ".")));
    }
  }
}
