package initrunner.cli.jobs;

import initrunner.cli.ask.OpenedRole;
import initrunner.cli.console.Console;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.options.RoleOrHost;
import initrunner.cli.options.SandboxOption;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.runtime.HostJobs;
import initrunner.tool.jobs.JobName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What all commands about jobs have in common: the host, and the audit log.
final class JobOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "ROLE …",
      hideParamSyntax = true,
      description = "The role file, unless there is a --host; then what the usage shows.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "No role, but this host: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Mixin private final SandboxOption sandbox = new SandboxOption();

  @Mixin private final AskOption ask = new AskOption();

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  /// @param directory where commands start, for a host
  /// @throws ParameterException if there is neither a role nor a host
  RoleSource source(Map<String, String> process, Optional<String> directory) {
    return sandbox.in(whole(process, directory));
  }

  /// The role with each of several sandboxes alone, unless one is named.
  ///
  /// @throws ParameterException if there is neither a role nor a host
  List<RoleSource> sources(Map<String, String> process) {
    return sandbox.inEach(whole(process, Optional.empty()));
  }

  private RoleSource whole(Map<String, String> process, Optional<String> directory) {
    auditLog.refuseContradiction();
    Optional<Path> role =
        host == null ? words.stream().findFirst().map(Path::of) : Optional.empty();
    return new RoleOrHost(spec, role, Optional.ofNullable(host), directory)
        .source(process, new HostRole("jobs", "--host")::of);
  }

  /// The words that are no role.
  List<String> rest() {
    return host == null ? words.subList(Math.min(1, words.size()), words.size()) : words;
  }

  /// That behind the role come the words of a command alone.
  ///
  /// @throws ParameterException for another word
  void requireNothingBefore(List<String> argv) {
    if (rest().size() > argv.size()) {
      throw fault(
          "'"
              + rest().getFirst()
              + "' stands in front of --; only a role file can, or --host HOST without one");
    }
  }

  /// The words that are no role, each an id.
  ///
  /// @throws ParameterException for one that is none
  List<String> ids() {
    for (String word : rest()) {
      if (!JobName.isOne(word)) {
        throw fault("'" + word + "' is no job's id or name; initrunner jobs list shows them");
      }
    }
    return rest();
  }

  /// The one id.
  ///
  /// @throws ParameterException if there is none, or more
  String id() {
    List<String> ids = ids();
    if (ids.size() != 1) {
      throw fault(
          ids.isEmpty()
              ? "the job's id is missing; initrunner jobs list shows them"
              : "more than one id is given: " + String.join(" ", ids));
    }
    return ids.getFirst();
  }

  ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /// Opens the role for a work, and closes it behind that. Blocks on the audit log's database.
  int statusOf(Console console, RoleSource source, ToIntFunction<HostJobs> work) {
    return statusOf(console, source, RunOrder.newRunId(), work);
  }

  /// The same for one of several sandboxes.
  ///
  /// @param runId that all of them have
  int statusOf(Console console, RoleSource source, String runId, ToIntFunction<HostJobs> work) {
    return new OpenedRole(console, source, ask, auditLog)
        .statusOf("jobs", runId, runtime -> work.applyAsInt(runtime.hostWork().jobs()));
  }
}
