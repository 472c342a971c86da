package initrunner.cli;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.door.hook.ClaudeCodeHook;
import initrunner.door.hook.HookException;
import initrunner.door.hook.HostShell;
import initrunner.role.file.RoleFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/// `hook`: Claude Code asks it before each call of one of its own tools. Every failure denies the
/// call: the status is [ExitCodes#HOOK_DENIES] then, the only one with which Claude Code makes no
/// call.
///
/// Its options are built in code, not by annotations: reading those takes a good part of a start.
final class HookCommand implements Callable<Integer> {

  static final String CLAUDE_CODE = "claude-code";

  /// Claude Code makes the call when its own time for a hook is up.
  private static final long MOST_WAIT_SECONDS = 15;

  private final Console console;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final PositionalParamSpec words =
      PositionalParamSpec.builder()
          .paramLabel("claude-code [ROLE]")
          .hideParamSyntax(true)
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("0..*")
          .description("The client, and the role for --bash-on-host.")
          .build();
  private final OptionSpec server =
      OptionSpec.builder("--server")
          .paramLabel("NAME")
          .type(String.class)
          .description("InitRunner's MCP server in the client: its tools pass, denials name them.")
          .build();
  private final OptionSpec allowed =
      OptionSpec.builder("--allow")
          .paramLabel("TOOL")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .description("This tool passes, too (repeatable); mcp__NAME: those of a whole server.")
          .build();
  private final OptionSpec bash =
      OptionSpec.builder("--bash-on-host")
          .type(boolean.class)
          .description("Commands of Bash run where ROLE or --host says; the others are denied.")
          .build();
  private final OptionSpec host =
      OptionSpec.builder("--host")
          .paramLabel("HOST")
          .type(String.class)
          .description("With --bash-on-host: an alias of ~/.ssh/config, or user@hostname.")
          .build();
  private final OptionSpec directory =
      OptionSpec.builder("--cwd")
          .paramLabel("DIR")
          .type(String.class)
          .description("With --bash-on-host: where commands start.")
          .build();

  HookCommand(Console console) {
    this.console = console;
    spec.name("hook").exitCodeOnExecutionException(ExitCodes.HOOK_DENIES);
    spec.addPositional(words);
    List.of(server, allowed, bash, host, directory).forEach(spec::addOption);
    spec.usageMessage()
        .sortOptions(false)
        .synopsisHeading("")
        .customSynopsis(
            "Usage: initrunner hook claude-code [--server NAME] [--allow TOOL]",
            "       initrunner hook claude-code --bash-on-host (ROLE | --host HOST)")
        .descriptionHeading("%n")
        .description(
            "Keeps another agent's own tools off this machine.",
            "Claude Code starts it before each call of a tool (PreToolUse), writes the call",
            "to its input, and reads the answer. It denies the tools that act on this",
            "machine, and each tool that is not known to leave it alone.",
            "")
        .footer(
            "",
            "Examples:",
            "  initrunner connect claude-code --host my-build-box --only-host --write",
            "      puts the hook into Claude Code's settings",
            "  initrunner hook claude-code --server box",
            "      denies Bash, Read, Edit and the others; the tools of server box pass",
            "  initrunner hook claude-code --bash-on-host --host my-build-box",
            "      Bash runs on the host, the other local tools are denied",
            "",
            "Exit status: 0 there is an answer; 2 every failure, and no call is made.");
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try {
      ClaudeCodeHook hook = new ClaudeCodeHook(server(), tools(), shell());
      String answer = hook.judge(input()).answer();
      console.stdout().write(answer.getBytes(StandardCharsets.UTF_8));
      console.stdout().flush();
    } catch (HookException e) {
      console.err().println("initrunner: this call is not made: " + e.getMessage());
      return ExitCodes.HOOK_DENIES;
    }
    return ExitCodes.OK;
  }

  /// A read of standard input cannot be interrupted, so another thread does it.
  private byte[] input() throws InterruptedException {
    CompletableFuture<byte[]> input =
        CompletableFuture.supplyAsync(
            this::readInput, task -> Thread.ofPlatform().daemon().name("hook-input").start(task));
    try {
      return input.get(MOST_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new HookException("its text did not end within " + MOST_WAIT_SECONDS + " s");
    } catch (ExecutionException e) {
      throw new HookException("its text cannot be read");
    }
  }

  private byte[] readInput() {
    try {
      return console.stdin().readNBytes(ClaudeCodeHook.MOST_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<String> server() {
    Optional<String> name = textOf(server);
    name.filter(each -> !each.matches("[A-Za-z0-9_-]+"))
        .ifPresent(each -> {
          throw fault("--server is '" + each + "'; allowed are letters, digits, - and _");
        });
    return name;
  }

  private Set<String> tools() {
    return new HashSet<>(Optional.<List<String>>ofNullable(allowed.getValue()).orElse(List.of()));
  }

  /// How commands of Bash reach the host.
  private Optional<HostShell> shell() {
    List<String> given = Optional.<List<String>>ofNullable(words.getValue()).orElse(List.of());
    if (given.isEmpty() || !given.getFirst().equals(CLAUDE_CODE)) {
      String client = given.isEmpty() ? "missing" : "'" + given.getFirst() + "'";
      throw fault("the client is " + client + "; allowed is " + CLAUDE_CODE);
    }
    if (given.size() > 2) {
      throw fault("'" + given.get(2) + "' is one word too many");
    }
    Optional<String> role = given.stream().skip(1).findFirst();
    if (!Boolean.TRUE.equals(bash.getValue())) {
      if (role.isPresent() || textOf(host).isPresent() || textOf(directory).isPresent()) {
        throw fault("a role, --host and --cwd are for --bash-on-host");
      }
      return Optional.empty();
    }
    if (role.isPresent() == textOf(host).isPresent()) {
      throw fault("--bash-on-host needs either a role or a --host");
    }
    return Optional.of(role.map(this::ofRole).orElseGet(this::ofHost));
  }

  private HostShell ofRole(String role) {
    Path file = RoleFile.of(Path.of(role)).toAbsolutePath();
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw fault("there is no role file " + file + " that can be read");
    }
    return new HostShell(exec(file.toString()), "where " + file + " says", encoding());
  }

  /// `exec` looks at the rest of the name, and starts nothing for a wrong one.
  private HostShell ofHost() {
    String name = textOf(host).orElse("");
    if (name.isEmpty() || name.startsWith("-")) {
      throw fault(
          "--host is '" + name + "'; allowed is an alias of ~/.ssh/config or user@hostname");
    }
    return new HostShell(exec("--host", name), "on " + name, encoding());
  }

  /// In which `exec` will read its arguments.
  private static Charset encoding() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }

  private List<String> exec(String... place) {
    List<String> exec = new ArrayList<>(List.of(program(), "exec"));
    exec.addAll(List.of(place));
    textOf(directory).ifPresent(each -> exec.addAll(List.of("--cwd", each)));
    exec.addAll(List.of("--hook", CLAUDE_CODE, "--"));
    return exec;
  }

  /// The client's shell may be in another directory and have another search path.
  private String program() {
    return Program.path()
        .orElseThrow(() ->
            new HookException(
                "it was not started by the initrunner script, so Bash cannot start it"))
        .toString();
  }

  private static Optional<String> textOf(OptionSpec option) {
    return Optional.ofNullable(option.getValue());
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
