package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.hosts.HostsExec;
import initrunner.cli.hosts.HostsOptions;
import initrunner.cli.hosts.RolesOnHosts;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.RoleOrHost;
import initrunner.cli.options.SandboxOption;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.exec.transport.CallCookie;
import initrunner.role.Role;
import initrunner.role.file.RoleEnvironment;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.runtime.Sandbox;
import initrunner.ssh.client.AskedLogins;
import initrunner.text.DurationText;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/// `exec`: runs a person's own command in a role's sandbox.
///
/// Its options are built in code, not by annotations: reading those takes a good part of a start.
public final class ExecCommand implements Callable<Integer> {

  private final Console console;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final PositionalParamSpec words =
      PositionalParamSpec.builder()
          .paramLabel("ROLE -- ARGV…")
          .hideParamSyntax(true)
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("0..*")
          .description("The role file, then the program and its arguments.")
          .build();
  private final OptionSpec host =
      text("--host", "HOST", "Run there instead: an alias of ~/.ssh/config, or user@hostname.");
  private final OptionSpec directory =
      text("--cwd", "DIR", "Start in this directory; below the role's own if it is relative.");
  private final OptionSpec sandbox = text(SandboxOption.NAME, "NAME", SandboxOption.DESCRIPTION);
  private final OptionSpec variables =
      OptionSpec.builder("--env")
          .paramLabel("NAME=VALUE")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .description("Set a variable. Variables with the names of secrets are not passed on.")
          .build();
  private final OptionSpec input =
      text("--stdin", "FILE", "The command reads this file; - is the standard input.");
  private final OptionSpec terminal =
      OptionSpec.builder("-t", "--tty")
          .type(boolean.class)
          .description("The command gets this terminal: for editors, shells, top. ~. ends it.")
          .build();
  private final OptionSpec timeout =
      text(
          "--timeout",
          "TIME",
          "Stop the command after this long: 30s, 500ms, 2m, 1h30m, or 30 (seconds).");
  private final OptionSpec ask = flag(AskOption.NAME, AskOption.DESCRIPTION);
  private final OptionSpec json =
      flag("--json", "No output while it runs; at the end one JSON object with all of it.");
  private final OptionSpec auditDatabase =
      text(
          "--audit-db",
          "FILE",
          "The audit log's database (default: INITRUNNER_AUDIT_DB, else audit.db in"
              + " INITRUNNER_HOME, in XDG_DATA_HOME/initrunner, or in ~/.initrunner).");
  private final OptionSpec unrecorded = flag("--no-audit", "Keep no audit log of the call.");
  private final OptionSpec hook =
      text("--hook", "CLIENT", "For the audit log: this client's hook asks, no person.");
  private final HostsOptions hosts = new HostsOptions(spec);

  public ExecCommand(Console console) {
    this.console = console;
    spec.name("exec").exitCodeOnExecutionException(ExitCodes.EXEC_FAILED);
    spec.addPositional(words);
    List.of(
            host,
            directory,
            sandbox,
            ask,
            variables,
            input,
            terminal,
            timeout,
            json,
            auditDatabase,
            unrecorded,
            hook)
        .forEach(spec::addOption);
    hosts.all().forEach(spec::addOption);
    spec.usageMessage()
        .sortOptions(false)
        .synopsisHeading("")
        .customSynopsis(
            "Usage: initrunner exec ROLE [OPTIONS] -- ARGV…",
            "       initrunner exec --host HOST [--cwd DIR] [OPTIONS] -- ARGV…",
            "       initrunner exec [ROLE] --hosts LIST [OPTIONS] -- ARGV…")
        .descriptionHeading("%n")
        .description(
            "Runs one command in a role's sandbox.",
            "Its output arrives unchanged while it runs; its input is empty without --stdin.",
            "No shell reads ARGV: each word arrives as it was given.",
            "")
        .footer(
            "",
            "Examples:",
            "  initrunner exec role.yaml -- uname -n",
            "      the name of the machine that the role's tools run on",
            "  initrunner exec --host my-build-box --cwd /srv/work -- make -j4",
            "      no role: any host that ssh can reach",
            "  initrunner exec role.yaml -- sh -c 'df -h | tail -n 1'",
            "      a pipe needs a shell, so name one",
            "  initrunner exec role.yaml --timeout 30s -- ./slow-test",
            "      after 30 seconds it is stopped, and the stop is verified",
            "  tar cz . | initrunner exec role.yaml --stdin - -- tar xz -C /srv/work",
            "      input from here",
            "  initrunner exec -t --host my-build-box -- vi notes.txt",
            "      in this terminal",
            "  initrunner exec --hosts 'web[01-20],@db' -- uname -r",
            "      on many hosts at once, with equal answers once",
            "",
            "Exit status: the command's own; 128+n if signal n ended it; 124 timed out;",
            "125 nothing was started or the connection was lost; 2 wrong usage or a fault in",
            "the role. With --hosts: 0 it succeeded on all, 1 on some, 2 on none.");
  }

  private static OptionSpec text(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(String.class)
        .description(description)
        .build();
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).description(description).build();
  }

  CommandSpec spec() {
    return spec;
  }

  private static Optional<String> textOf(OptionSpec option) {
    return Optional.ofNullable(option.getValue());
  }

  private static List<String> textsOf(ArgSpec argument) {
    return Optional.<List<String>>ofNullable(argument.getValue()).orElse(List.of());
  }

  private static boolean isSet(OptionSpec flag) {
    return Boolean.TRUE.equals(flag.getValue());
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (isSet(unrecorded) && textOf(auditDatabase).isPresent()) {
      throw fault("--no-audit keeps no audit log, so it cannot be combined with --audit-db");
    }
    if (textOf(hook).isPresent() && !textOf(hook).get().equals(HookCommand.CLAUDE_CODE)) {
      throw fault("--hook is '" + textOf(hook).get() + "'; allowed is " + HookCommand.CLAUDE_CODE);
    }
    requireTerminal();
    List<String> argv = argv();
    Optional<Path> roleFile = roleFile(textsOf(words).size() - argv.size());
    if (roleFile.isEmpty() && textOf(sandbox).isPresent()) {
      throw fault(hosts.sandboxFault().orElse(SandboxOption.WITHOUT_ROLE));
    }
    // A host's role has the directory as its own.
    Optional<String> start = roleFile.or(hosts::roleFile).flatMap(_ -> textOf(directory));
    Command command = new Command(argv, environment(), start, Stdin.nothing());
    Limits limits = limits();
    if (hosts.isGiven()) {
      return onHosts(roleFile, command, limits);
    }
    RoleSource source = roleFile.map(file -> roleSource(file)).orElseGet(() -> hostSource());
    try (InputStream stdin = openInput()) {
      return call(
          source,
          textOf(input).isEmpty() ? command : command.withStdin(new Stdin.Stream(stdin)),
          limits);
    }
  }

  private RoleSource roleSource(Path file) {
    return SandboxOption.in(spec, RoleSource.of(file, console.environment()), textOf(sandbox));
  }

  private int onHosts(Optional<Path> roleFile, Command command, Limits limits)
      throws IOException, InterruptedException {
    if (isSet(terminal) || textOf(hook).isPresent() || textOf(host).isPresent()) {
      throw fault("--hosts runs on many hosts, so -t, --hook and --host do not apply");
    }
    if (hosts.roleFile().isPresent() && roleFile.isPresent()) {
      throw fault("there are two roles, " + roleFile.get() + " and that of --hosts; give one");
    }
    RolesOnHosts roles =
        hosts
            .roleFile()
            .map(
                file -> RolesOnHosts.ofSandboxes(hosts, RoleSource.of(file, console.environment())))
            .or(() -> roleFile.map(file -> RolesOnHosts.of(hosts, roleSource(file))))
            .orElseGet(() -> RolesOnHosts.withoutRole(console, textOf(directory)));
    try (InputStream stdin = openInput()) {
      return new HostsExec(
              console,
              hosts,
              roles,
              isSet(unrecorded)
                  ? Optional.empty()
                  : Optional.of(new HostsExec.Recording(textOf(auditDatabase).map(Path::of))),
              isSet(ask))
          .run(command.withStdin(hosts.wholeInput(stdin)), limits, isSet(json));
    }
  }

  private void requireTerminal() {
    if (!isSet(terminal)) {
      return;
    }
    if (isSet(json) || textOf(input).isPresent() || textOf(hook).isPresent()) {
      throw fault("-t gives the command this terminal, so --json, --stdin and --hook do not apply");
    }
    boolean typed = console.input() == Console.Output.TERMINAL;
    if (!typed || console.output() != Console.Output.TERMINAL) {
      throw fault(
          "-t needs a terminal, and the standard "
              + (typed ? "output" : "input")
              + " is none; leave -t out, or give the command its input with --stdin -");
    }
  }

  private int call(RoleSource source, Command command, Limits limits) {
    Role role = source.role();
    if (role.sandbox().ssh().isEmpty()) {
      // The login waits for the network meanwhile.
      AuditStore.prepare();
    }
    Map<String, String> secrets = source.environment().values();
    ExecCall call = new ExecCall(console, role, command, limits, textOf(hook));
    ExecCall.Form form = form();
    Optional<AskedLogins> logins =
        LoginTerminal.of(console, role, isSet(ask)).map(LoginTerminal::logins);
    try (Sandbox sandbox = Sandbox.of(role, console.environment(), secrets, logins)) {
      // Connects while the audit log is opened.
      sandbox.begin();
      if (form == ExecCall.Form.TERMINAL) {
        // The question comes before the command has the terminal.
        logins.ifPresent(_ -> sandbox.transport().open());
      }
      return call(call, sandbox, form);
    }
  }

  private ExecCall.Form form() {
    if (isSet(terminal)) {
      return ExecCall.Form.TERMINAL;
    }
    return isSet(json) ? ExecCall.Form.JSON : ExecCall.Form.STREAMS;
  }

  private int call(ExecCall call, Sandbox sandbox, ExecCall.Form form) {
    if (isSet(unrecorded)) {
      return call.run(sandbox, Optional.empty(), form);
    }
    AuditLocation place =
        AuditLocation.of(console.environment(), textOf(auditDatabase).map(Path::of));
    ChainKey key = ChainKey.of(console.environment(), place);
    Retention retention = Retention.of(console.environment());
    try (AuditStore audit = AuditStore.open(place.database(), key, retention)) {
      return call.run(sandbox, Optional.of(audit), form);
    }
  }

  /// The words after the first `--`.
  private List<String> argv() {
    List<String> all = spec.root().commandLine().getParseResult().originalArgs();
    int delimiter = all.indexOf("--");
    if (delimiter < 0 || delimiter == all.size() - 1) {
      throw fault("there is no command; put it behind --, as in: -- uname -n");
    }
    List<String> argv = all.subList(delimiter + 1, all.size());
    if (argv.getFirst().isEmpty()) {
      throw fault("the first word behind -- is empty; it is the program to run");
    }
    return argv;
  }

  private Optional<Path> roleFile(int wordsBeforeDelimiter) {
    List<String> given = textsOf(words);
    if (textOf(host).isPresent() && wordsBeforeDelimiter > 0) {
      throw fault("both a role (" + given.getFirst() + ") and --host are given; give one of them");
    }
    if (textOf(host).isEmpty() && wordsBeforeDelimiter == 0 && !hosts.isGiven()) {
      throw fault("there is neither a role nor a --host in front of --");
    }
    if (wordsBeforeDelimiter > 1) {
      throw fault("'" + given.get(1) + "' stands in front of --; only one role file can");
    }
    Optional<Path> file = given.stream().limit(wordsBeforeDelimiter).findFirst().map(Path::of);
    if (file.isPresent()
        && RoleOrHost.mayBeAHost(given.getFirst())
        && Files.notExists(file.get())) {
      String name = given.getFirst();
      throw fault("there is no role file " + name + "; if that is a host, write --host " + name);
    }
    return file;
  }

  private RoleSource hostSource() {
    try {
      Role role =
          new HostRole(textOf(hook).isPresent() ? "hook" : "exec", "--host")
              .of(textOf(host).orElse(""), textOf(directory));
      return new RoleSource(role, "", RoleEnvironment.ofProcess(console.environment()));
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : textsOf(variables)) {
      int equals = variable.indexOf('=');
      String name = equals < 0 ? variable : variable.substring(0, equals);
      if (equals < 0 || !Command.isVariableName(name)) {
        throw fault(
            "--env is '" + name + "'; allowed is NAME=VALUE, where NAME is letters, digits and _");
      }
      if (name.equals(CallCookie.VARIABLE)) {
        throw fault(
            "--env is '"
                + name
                + "', which every call has a value of its own for, so that all"
                + " it started can be found and stopped; take another name");
      }
      environment.put(name, variable.substring(equals + 1));
    }
    return environment;
  }

  private Limits limits() {
    try {
      return textOf(timeout)
          .map(given -> Limits.timeout(DurationText.parse(given)))
          .orElseGet(Limits::unbounded);
    } catch (IllegalArgumentException e) {
      throw fault("--timeout " + e.getMessage());
    }
  }

  private InputStream openInput() {
    Optional<String> file = textOf(input);
    if (file.isEmpty()) {
      return InputStream.nullInputStream();
    }
    if (file.get().equals("-")) {
      return console.stdin();
    }
    try {
      return new FileInputStream(file.get());
    } catch (FileNotFoundException e) {
      throw fault(
          "--stdin cannot be read: " + e.getMessage() + "; give a file, or - for the input");
    }
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
