package initrunner.cli.files;

import initrunner.cli.options.AskOption;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.options.RoleOrHost;
import initrunner.cli.options.SandboxOption;
import initrunner.role.Role;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.runtime.RoleHost;
import initrunner.transfer.Rules;
import initrunner.transfer.tree.Selection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What all commands that move files have in common.
final class TransferOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "ROLE PATH…",
      hideParamSyntax = true,
      description = "The role file, unless there is a --host; then the files and directories.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "No role, but this host: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Mixin private final SandboxOption sandbox = new SandboxOption();

  @Mixin private final AskOption ask = new AskOption();

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Option(
      names = "--delete",
      description =
          "Remove on the other side what is removed on this one, of what an earlier transfer"
              + " brought there; nothing else.")
  private boolean delete;

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description =
          "Leave out what has such a name; with a / in it, such a path. * ? [...] as in a shell."
              + " May be given several times.")
  private List<String> excluded = new ArrayList<>();

  @Option(
      names = "--take",
      paramLabel = "SIDE",
      converter = Taken.class,
      completionCandidates = Taken.Names.class,
      description = "Where both sides changed a file, take that of here or that of there.")
  private Rules.Take take = Rules.Take.NEITHER;

  @Option(names = "--json", description = "At the end one JSON object about all of it.")
  private boolean json;

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  AuditLogOptions auditLog() {
    return auditLog;
  }

  /// The role of the command line.
  ///
  /// @throws ParameterException if there is none, or it has no host
  RoleSource source(Map<String, String> process) {
    auditLog.refuseContradiction();
    Optional<Path> role =
        host == null ? words.stream().findFirst().map(Path::of) : Optional.empty();
    RoleSource whole =
        new RoleOrHost(spec, role, Optional.ofNullable(host), Optional.empty())
            .source(process, new HostRole(spec.name(), "--host")::of);
    RoleSource source = sandbox.in(whole);
    if (RoleHost.of(source.role()).host().isEmpty()) {
      throw fault(withoutHost(source.role(), whole.role()));
    }
    return source;
  }

  private static String withoutHost(Role role, Role whole) {
    List<String> onHosts = SandboxOption.onHosts(whole);
    return onHosts.isEmpty()
        ? "the tools of that role run on this machine, so there is no host to move files to or"
            + " from; give a role with backend: ssh, or --host"
        : "sandbox "
            + role.security().sandboxName().orElseThrow()
            + " is on this machine, so there is no host to move files to or from; add --sandbox with"
            + " one that is on a host: "
            + String.join(", ", onHosts);
  }

  /// The words that are no role.
  List<String> paths() {
    return host == null ? words.subList(Math.min(1, words.size()), words.size()) : words;
  }

  /// @throws ParameterException for a pattern that means no name
  Selection selection(Selection.Git git) {
    List<String> patterns = excluded.stream().map(each -> each.replaceFirst("/+$", "")).toList();
    if (patterns.contains("")) {
      throw fault("--exclude is empty; give the name or the path of what is left out");
    }
    Selection all = Selection.of(patterns);
    return new Selection(all.tops(), patterns, git);
  }

  Rules rules(Rules.Direction direction) {
    return new Rules(direction, delete ? Rules.Deletion.FOLLOWED : Rules.Deletion.KEPT, take);
  }

  AskOption ask() {
    return ask;
  }

  TransferCall.Form form() {
    return json ? TransferCall.Form.JSON : TransferCall.Form.TEXT;
  }

  TransferCall.Work work() {
    return dryRun ? TransferCall.Work.PLAN : TransferCall.Work.RUN;
  }

  /// What a text of the command line says.
  ///
  /// @throws ParameterException if it cannot mean that
  <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
