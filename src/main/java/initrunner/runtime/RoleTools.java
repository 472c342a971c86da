package initrunner.runtime;

import initrunner.exec.Limits;
import initrunner.role.Role;
import initrunner.role.tools.DateTimeSettings;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.JobsSettings;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.PortRange;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.PythonSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.TerminalSettings;
import initrunner.role.tools.ThinkSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolSettings;
import initrunner.role.tools.TransferSettings;
import initrunner.runtime.confine.SandboxHost;
import initrunner.tool.CallBounds;
import initrunner.tool.DateTimeTool;
import initrunner.tool.Plan;
import initrunner.tool.ProcessTool;
import initrunner.tool.PythonTool;
import initrunner.tool.PythonTool.Network;
import initrunner.tool.ScriptTool;
import initrunner.tool.ShellTool;
import initrunner.tool.ThinkTool;
import initrunner.tool.Tool;
import initrunner.tool.files.FileTool;
import initrunner.tool.files.HostFileTool;
import initrunner.tool.files.TransferTool;
import initrunner.tool.git.GitTool;
import initrunner.tool.jobs.JobLimits;
import initrunner.tool.jobs.JobTool;
import initrunner.tool.policy.CommandPolicy;
import initrunner.tool.ports.PortTool;
import initrunner.tool.terminal.TerminalTool;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes the tools that a model can call from a role's declarations. Immutable.
final class RoleTools {

  private static final long BYTES_OF_A_MEBIBYTE = 1L << 20;

  /// Holds what a script prints beside a file.
  private static final int ANSWER_BYTES = 4096;

  private final SandboxHost place;
  private final Permissions permissions;

  private RoleTools(SandboxHost place, Permissions permissions) {
    this.place = place;
    this.permissions = permissions;
  }

  /// @param place where the tools run
  static List<Tool> of(ToolGrant grant, SandboxHost place) {
    return new RoleTools(place, grant.permissions()).tools(grant.tool());
  }

  /// The tools for a program that brings its own: they start its processes and read and write its
  /// files. Only `shell` and `filesystem` have them.
  ///
  /// @param starts where processes may start
  /// @param directory the physical path of the directory where commands start
  static List<Tool> forPrograms(
      ToolGrant grant, SandboxHost place, List<String> starts, String directory) {
    RoleTools made = new RoleTools(place, grant.permissions());
    return switch (grant.tool()) {
      case ShellSettings shell -> List.of(made.process(shell, starts));
      case FilesystemSettings files -> made.hostFiles(files, directory);
      case JobsSettings _,
          TerminalSettings _,
          PythonSettings _,
          ScriptSettings _,
          TransferSettings _,
          PortsSettings _,
          GitSettings _,
          DateTimeSettings _,
          ThinkSettings _ ->
          List.of();
    };
  }

  /// Another program's process may be a server, so only a time that the role writes bounds it.
  private Tool process(ShellSettings shell, List<String> starts) {
    return new ProcessTool(
        new CommandPolicy(shell.allowedCommands(), shell.blockedCommands()),
        new CallBounds(
            shell.writtenTimeout().map(Limits::timeout).orElseGet(Limits::unbounded),
            shell.maxOutputBytes(),
            shell.workingDir(),
            place.directoryOf(shell.workingDir())),
        starts);
  }

  private List<Tool> hostFiles(FilesystemSettings settings, String directory) {
    List<String> roots =
        settings.rootPath().equals(".")
            ? Stream.concat(Stream.of(directory), place.directory().stream())
                .filter(path -> path.startsWith("/"))
                .toList()
            : List.of();
    List<HostFileTool.Function> functions =
        settings.readOnly()
            ? HostFileTool.Function.READING
            : HostFileTool.Function.all(deniedPaths().isEmpty());
    CallBounds bounds =
        bounds(settings.timeout(), settings.maxOutputBytes(), Optional.of(settings.rootPath()));
    return functions.stream()
        .<Tool>map(
            function -> new HostFileTool(function, settings.allowedExtensions(), bounds, roots))
        .toList();
  }

  private List<Tool> tools(ToolSettings settings) {
    return switch (settings) {
      case ShellSettings shell -> List.of(shell(shell, bounds(shell)));
      case JobsSettings jobs -> jobs(jobs);
      case TerminalSettings terminals -> terminals(terminals);
      case PythonSettings python ->
          List.of(
              new PythonTool(
                  bounds(python.timeout(), python.maxOutputBytes(), python.workingDir()),
                  python.networkDisabled() ? Network.DISABLED : Network.ALLOWED));
      case ScriptSettings scripts ->
          scripts.scripts().stream().map(script -> script(scripts, script)).toList();
      case FilesystemSettings files -> files(files);
      case TransferSettings transfer -> transfer(transfer);
      case PortsSettings ports -> ports(ports);
      case GitSettings git -> git(git);
      case DateTimeSettings time ->
          Stream.of(DateTimeTool.Function.values())
              .<Tool>map(function ->
                  new DateTimeTool(function, ZoneId.of(time.defaultTimezone()), Clock.systemUTC()))
              .toList();
      case ThinkSettings think ->
          List.of(
              new ThinkTool(think.critique() ? ThinkTool.Critique.ASKED : ThinkTool.Critique.NONE));
    };
  }

  /// What the jobs of a role may use, whether or not its model may start any.
  static JobLimits jobLimits(Role role) {
    return role.tools().stream()
        .map(ToolGrant::tool)
        .filter(JobsSettings.class::isInstance)
        .map(tool -> limits((JobsSettings) tool))
        .findFirst()
        .orElseGet(() -> limits(JobsSettings.DEFAULT));
  }

  private static JobLimits limits(JobsSettings settings) {
    return new JobLimits(
        settings.maxRunning(), settings.maxTime(), settings.maxBytes(), settings.kept());
  }

  private ShellTool shell(ShellSettings settings, CallBounds bounds) {
    return new ShellTool(
        new CommandPolicy(settings.allowedCommands(), settings.blockedCommands()), bounds);
  }

  private List<Tool> terminals(TerminalSettings settings) {
    ShellTool shell = shell(settings.commands(), bounds(settings.commands()));
    Plan.TerminalRules rules =
        new Plan.TerminalRules(
            settings.maxOpen(),
            settings.maxTime(),
            switch (settings.sudo()) {
              case ASK -> Plan.TerminalRules.Secrets.A_PERSON;
              case NEVER -> Plan.TerminalRules.Secrets.THE_MODEL;
            },
            settings.commands().maxOutputBytes());
    return Stream.of(TerminalTool.Function.values())
        .<Tool>map(function -> new TerminalTool(function, shell, rules))
        .toList();
  }

  private List<Tool> jobs(JobsSettings settings) {
    CallBounds bounds = bounds(settings.commands());
    ShellTool shell = shell(settings.commands(), bounds);
    JobLimits limits = limits(settings);
    return Stream.of(JobTool.Function.values())
        .<Tool>map(function -> new JobTool(function, shell, bounds, limits))
        .toList();
  }

  private Tool script(ScriptSettings shared, ScriptSettings.Script script) {
    return new ScriptTool(
        new ScriptTool.Script(
            script.name(),
            script.description(),
            script.interpreter().orElse(shared.interpreter()),
            script.body(),
            script.parameters().stream()
                .map(parameter ->
                    new ScriptTool.Script.Input(
                        parameter.name(),
                        parameter.description(),
                        parameter.required(),
                        parameter.fallback()))
                .toList(),
            script.allowedCommands()),
        bounds(
            script.timeout().orElse(shared.timeout()),
            shared.maxOutputBytes(),
            shared.workingDir()));
  }

  private List<Tool> files(FilesystemSettings settings) {
    List<FileTool.Function> functions =
        settings.readOnly() ? FileTool.Function.READING : List.of(FileTool.Function.values());
    CallBounds bounds =
        bounds(settings.timeout(), settings.maxOutputBytes(), Optional.of(settings.rootPath()));
    return functions.stream()
        .<Tool>map(
            function -> new FileTool(function, settings.allowedExtensions(), deniedPaths(), bounds))
        .toList();
  }

  /// Between this machine and another one.
  private List<Tool> transfer(TransferSettings settings) {
    boolean isElsewhere = place.host().isPresent();
    return Stream.of(
            Optional.of(TransferTool.Function.SEND).filter(_ -> settings.send() && isElsewhere),
            Optional.of(TransferTool.Function.FETCH).filter(_ -> settings.fetch() && isElsewhere))
        .flatMap(Optional::stream)
        .<Tool>map(function -> transfer(function, settings))
        .toList();
  }

  /// The ends of `copy_file`, by which files leave this sandbox and come to it.
  static List<Tool> ofCopies(ToolGrant grant, SandboxHost place) {
    RoleTools made = new RoleTools(place, grant.permissions());
    return grant.tool() instanceof TransferSettings settings && settings.copy()
        ? List.of(
            made.transfer(TransferTool.Function.COPY_FROM, settings),
            made.transfer(TransferTool.Function.COPY_TO, settings))
        : List.of();
  }

  private Tool transfer(TransferTool.Function function, TransferSettings settings) {
    return new TransferTool(
        function,
        settings.allowedExtensions(),
        settings.maxFileSizeMb() * BYTES_OF_A_MEBIBYTE,
        bounds(settings.timeout(), ANSWER_BYTES, Optional.of(settings.rootPath())));
  }

  private List<Tool> ports(PortsSettings settings) {
    PortTool.Allowed allowed =
        new PortTool.Allowed(
            port -> settings.allowedPorts().stream().anyMatch(range -> range.contains(port)),
            settings.allowedPorts().stream()
                .map(PortRange::toString)
                .collect(Collectors.joining(", ")),
            settings.allowedHosts());
    CallBounds bounds = bounds(settings.timeout(), settings.maxOutputBytes(), Optional.empty());
    return Stream.of(PortTool.Function.values())
        .<Tool>map(function -> new PortTool(function, allowed, bounds))
        .toList();
  }

  private List<String> deniedPaths() {
    return permissions.deny().stream()
        .filter(rule -> rule.argument().orElse("path").equals("path"))
        .map(Permissions.Rule::glob)
        .toList();
  }

  private List<Tool> git(GitSettings settings) {
    List<GitTool.Function> functions =
        settings.readOnly() ? GitTool.Function.READING : List.of(GitTool.Function.values());
    CallBounds bounds =
        bounds(settings.timeout(), settings.maxOutputBytes(), Optional.of(settings.repoPath()));
    return functions.stream()
        .<Tool>map(function -> new GitTool(function, deniedPaths(), bounds))
        .toList();
  }

  private CallBounds bounds(ShellSettings commands) {
    return bounds(commands.timeout(), commands.maxOutputBytes(), commands.workingDir());
  }

  private CallBounds bounds(Duration timeout, int maxOutputBytes, Optional<String> directory) {
    return new CallBounds(
        Limits.timeout(timeout), maxOutputBytes, directory, place.directoryOf(directory));
  }
}
