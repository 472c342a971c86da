package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `exec`: one command of a person's own where a role's tools would run.
@picocli.CommandLine.Command(
    name = "exec",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    synopsisHeading = "",
    customSynopsis = {
      "Usage: initrunner exec ROLE [OPTIONS] -- ARGV…",
      "       initrunner exec --host HOST [--cwd DIR] [OPTIONS] -- ARGV…"
    },
    descriptionHeading = "%n",
    description = {
      "Runs one command where a role's tools would run.",
      "Its output comes as it is, while it runs; its input is nothing, unless --stdin",
      "says otherwise. No shell reads ARGV: each word arrives as it was given.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  initrunner exec role.yaml -- uname -n",
      "      the name of the machine that the role's tools run on",
      "  initrunner exec --host my-build-box --cwd /srv/work -- make -j4",
      "      no role: any host that ssh can reach",
      "  initrunner exec role.yaml -- sh -c 'df -h | tail -n 1'",
      "      a pipe needs a shell, so say so",
      "  initrunner exec role.yaml --timeout 30s -- ./slow-test",
      "      after 30 seconds it is stopped, and looked for to make sure of that",
      "  tar cz . | initrunner exec role.yaml --stdin - -- tar xz -C /srv/work",
      "      input from here",
      "",
      "Exit status: the command's own; 128+n if signal n ended it; 124 timed out;",
      "125 nothing was started or the connection was lost; 2 wrong usage or a fault in",
      "the role."
    })
public final class ExecCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "ROLE -- ARGV…",
      hideParamSyntax = true,
      description = "The role file, then the program and its arguments.")
  private List<String> words = List.of();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Run there instead: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Option(
      names = "--cwd",
      paramLabel = "DIR",
      description = "Start in this directory; below the role's own if it is relative.")
  private @Nullable String directory;

  @Option(
      names = "--env",
      paramLabel = "NAME=VALUE",
      description = "Set a variable. Names that say that they hold a secret are not handed over.")
  private List<String> variables = List.of();

  @Option(
      names = "--stdin",
      paramLabel = "FILE",
      description = "The command reads this file; - is the standard input.")
  private @Nullable String input;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Stop the command after this long: 30s, 500ms, 2m, 1h30m, or 30 (seconds).")
  private @Nullable String timeout;

  @Option(
      names = "--json",
      description = "No output while it runs; at the end one JSON object with all of it.")
  private boolean json;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description =
          "Where the call is recorded (default: INITRUNNER_AUDIT_DB, else audit.db in"
              + " INITRUNNER_HOME, else ~/.initrunner/audit.db).")
  private @Nullable Path auditDatabase;

  @Option(names = "--no-audit", description = "Keep no record of the call.")
  private boolean unrecorded;

  public ExecCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!unrecorded) {
      AuditStore.prepare();
    }
    List<String> argv = argv();
    Optional<Path> roleFile = roleFile(words.size() - argv.size());
    Command command =
        new Command(argv, environment(), Optional.ofNullable(directory), Stdin.nothing());
    Limits limits = limits();
    Role role = roleFile.map(RoleLoader::load).orElseGet(this::roleOfHost);
    try (InputStream stdin = openInput()) {
      return call(
          role, input == null ? command : command.withStdin(new Stdin.Stream(stdin)), limits);
    }
  }

  private int call(Role role, Command command, Limits limits) {
    ExecCall call = new ExecCall(console, role, command, limits);
    ExecCall.Form form = json ? ExecCall.Form.JSON : ExecCall.Form.STREAMS;
    if (unrecorded) {
      return call.run(Optional.empty(), form);
    }
    Path database =
        AuditLocation.of(console.environment(), Optional.ofNullable(auditDatabase)).database();
    try (AuditStore audit = AuditStore.open(database)) {
      return call.run(Optional.of(audit), form);
    }
  }

  /// What stands behind the first `--`.
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
    if (host != null && wordsBeforeDelimiter > 0) {
      throw fault("both a role (" + words.getFirst() + ") and --host are given; give one of them");
    }
    if (host == null && wordsBeforeDelimiter == 0) {
      throw fault("there is neither a role nor a --host in front of --");
    }
    if (wordsBeforeDelimiter > 1) {
      throw fault("'" + words.get(1) + "' stands in front of --; only one role file can");
    }
    return words.stream().limit(wordsBeforeDelimiter).findFirst().map(Path::of);
  }

  private Role roleOfHost() {
    try {
      return HostRole.of(String.valueOf(host), Optional.ofNullable(directory));
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      if (equals < 0 || !Command.isVariableName(variable.substring(0, equals))) {
        throw fault(
            "--env is '"
                + (equals < 0 ? variable : variable.substring(0, equals))
                + "'; allowed is NAME=VALUE, where NAME is letters, digits and _");
      }
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return environment;
  }

  private Limits limits() {
    if (timeout == null) {
      return Limits.unbounded();
    }
    try {
      return Limits.timeout(DurationText.parse(timeout));
    } catch (IllegalArgumentException e) {
      throw fault("--timeout " + e.getMessage());
    }
  }

  private InputStream openInput() {
    if (input == null) {
      return InputStream.nullInputStream();
    }
    if (input.equals("-")) {
      return console.stdin();
    }
    try {
      return new FileInputStream(input);
    } catch (FileNotFoundException e) {
      throw fault("--stdin " + e.getMessage());
    }
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
