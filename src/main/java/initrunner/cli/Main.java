package initrunner.cli;

import initrunner.cli.attach.AttachCommand;
import initrunner.cli.audit.AuditCommand;
import initrunner.cli.complete.CompletionCommand;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.demo.DemoCommand;
import initrunner.cli.files.PullCommand;
import initrunner.cli.files.PushCommand;
import initrunner.cli.files.SyncCommand;
import initrunner.cli.forward.ForwardCommand;
import initrunner.cli.init.InitCommand;
import initrunner.cli.jobs.JobsCommand;
import initrunner.cli.look.RunsCommand;
import initrunner.cli.look.ShowCommand;
import initrunner.cli.look.TailCommand;
import initrunner.cli.manual.ManPagesCommand;
import initrunner.cli.report.ReportCommand;
import initrunner.exec.transport.ShutdownHook;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/// The entry point: one command line in, one exit status out.
public final class Main {

  /// How long a signal gives a command to stop its commands and to clean up.
  private static final long STOP_SECONDS = 10;

  private static final char UNREADABLE = '\uFFFD';

  private static final SequencedMap<String, Function<Console, Object>> COMMANDS =
      new LinkedHashMap<>();

  private static final Set<String> HELP = Set.of("-h", "--help");

  private static final List<String> PATHS = List.of("INITRUNNER_HOME", "INITRUNNER_AUDIT_DB");

  /// The commands that speak of all others.
  private static final Set<String> SPEAK_OF_ALL = Set.of("completion", "man-pages");

  /// The words that ask for the version; the start script knows them, too.
  private static final Set<String> VERSION = Set.of("--version", "-V", "version");

  /// The commands that make calls.
  private static final Set<String> CALLING = Set.of("exec", "run", "jobs", "push", "pull", "sync");

  static {
    // in the order in which the help shows them; each is made only when it is needed
    COMMANDS.put("demo", console -> new DemoCommand(console));
    COMMANDS.put("init", InitCommand::new);
    COMMANDS.put("run", RunCommand::new);
    COMMANDS.put("pending", PendingCommand::new);
    COMMANDS.put("approve", ApproveCommand::new);
    COMMANDS.put("runs", RunsCommand::new);
    COMMANDS.put("show", ShowCommand::new);
    COMMANDS.put("tail", TailCommand::new);
    COMMANDS.put("exec", console -> new ExecCommand(console).spec());
    COMMANDS.put("jobs", JobsCommand::new);
    COMMANDS.put("push", PushCommand::new);
    COMMANDS.put("pull", PullCommand::new);
    COMMANDS.put("sync", SyncCommand::new);
    COMMANDS.put("forward", ForwardCommand::new);
    COMMANDS.put("attach", AttachCommand::new);
    COMMANDS.put("mcp", McpCommand::new);
    COMMANDS.put("exec-server", ExecServerCommand::new);
    COMMANDS.put("acp", AcpCommand::new);
    COMMANDS.put("connect", ConnectCommand::new);
    COMMANDS.put("hook", console -> new HookCommand(console).spec());
    COMMANDS.put("validate", ValidateCommand::new);
    COMMANDS.put("schema", _ -> new SchemaCommand());
    COMMANDS.put("doctor", DoctorCommand::new);
    COMMANDS.put("report", console -> new ReportCommand(console, Version.number()));
    COMMANDS.put("audit", AuditCommand::new);
    COMMANDS.put("completion", CompletionCommand::new);
    COMMANDS.put("help", _ -> new HelpCommand());
    COMMANDS.put("version", VersionCommand::new);
    COMMANDS.put("man-pages", ManPagesCommand::new);
  }

  private Main() {}

  public static void main(String[] args) {
    System.setProperty("user.home", homeOf(System.getProperty("user.home"), System.getenv("HOME")));
    Console console = Console.ofProcess();
    if (args.length == 1 && VERSION.contains(args[0])) {
      console.out().printLines(Version.text());
      int status = withOutput(ExitCodes.OK, ExitCodes.FAILED, console);
      if (status != ExitCodes.OK) {
        System.exit(status);
      }
      return;
    }
    System.exit(runUntilSignal(args, console));
  }

  /// A JVM calls the home of an account that the machine does not know `?`, which would become the
  /// name of a directory.
  static String homeOf(@Nullable String property, @Nullable String variable) {
    return Stream.of(property, variable)
        .flatMap(Stream::ofNullable)
        .filter(home -> home.startsWith("/"))
        .findFirst()
        .orElse("/");
  }

  /// As [#run], with the log and the signal handling of a process.
  static int runUntilSignal(String[] args, Console console) {
    System.setProperty("java.util.logging.config.class", "initrunner.cli.Log");
    CountDownLatch finished = new CountDownLatch(1);
    stopOnSignal(Thread.currentThread(), finished, console);
    try {
      return run(args, console);
    } finally {
      finished.countDown();
    }
  }

  /// On SIGINT, SIGTERM or SIGHUP the JVM runs this hook and then exits with 128 + the signal's
  /// number. The hook interrupts the command and gives it the time to stop its commands and to
  /// close its resources, and all the time that it needs to bring back the agent's files.
  private static void stopOnSignal(Thread command, CountDownLatch finished, Console console) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop-on-signal")
                .unstarted(() -> {
                  if (finished.getCount() == 0) {
                    return;
                  }
                  command.interrupt();
                  try {
                    boolean isOver = finished.await(STOP_SECONDS, TimeUnit.SECONDS);
                    while (!isOver && console.isFinishing()) {
                      isOver = finished.await(1, TimeUnit.SECONDS);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  ShutdownHook.letGo();
                }));
  }

  /// Loads classes that every call needs and that take long, while the command line and the role
  /// are read. Among them is the JDK's logging, which searches the whole class path when the first
  /// process (`ssh`) is started.
  private static void loadAhead() {
    Thread.ofPlatform()
        .daemon()
        .name("initrunner-ahead")
        .start(() -> System.getLogger("java.lang.ProcessBuilder").isLoggable(Level.DEBUG));
  }

  /// Switches off parts of picocli that load at each start and that no option uses.
  private static void slimPicocli() {
    System.setProperty("picocli.disable.closures", "true");
    System.setProperty("picocli.converters.excludes", "java.sql.*,java.time.*");
  }

  /// Runs one command line on the calling thread and returns its exit status. Blocks as long as the
  /// command runs; an interrupt stops the command. Never exits the JVM.
  public static int run(String[] args, Console console) {
    try {
      List.of(args).forEach(argument -> requireText("an argument is ", argument));
    } catch (IllegalArgumentException e) {
      console.err().println("initrunner: " + e.getMessage());
      return ExitCodes.USAGE;
    }
    Optional<String> asked = commandOf(args);
    if (asked.equals(Optional.of("help")) && Collections.disjoint(List.of(args), HELP)) {
      return run(helpOption(args), console);
    }
    if (asked.filter(CALLING::contains).isPresent()) {
      loadAhead();
    }
    slimPicocli();
    Root root = new Root();
    CommandLine commandLine =
        commandLine(root, console, asked.filter(name -> !SPEAK_OF_ALL.contains(name)));
    Failures failures = new Failures(console, root);
    int status =
        commandLine
            .setOut(console.out().writer())
            .setErr(console.err().writer())
            .setExpandAtFiles(false)
            .setColorScheme(CommandLine.Help.defaultColorScheme(ansi(console)))
            .setParameterExceptionHandler(failures)
            .setExecutionExceptionHandler(failures)
            .setExecutionStrategy(parsed -> execute(parsed, root, console))
            .execute(args);
    int unwritten =
        switch (asked.orElse("")) {
          case "exec", "push", "pull", "sync" -> ExitCodes.EXEC_FAILED;
          case "hook" -> ExitCodes.HOOK_DENIES;
          default -> ExitCodes.FAILED;
        };
    return withOutput(status, unwritten, console);
  }

  /// The parser of one command, or of all.
  static CommandLine commandLine(Root root, Console console, Optional<String> only) {
    CommandLine commandLine = new CommandLine(root.spec());
    COMMANDS.forEach((name, command) -> {
      if (only.isEmpty() || only.get().equals(name)) {
        commandLine.addSubcommand(name, command.apply(console));
      }
    });
    return commandLine;
  }

  /// `help COMMAND` means `COMMAND --help`.
  private static String[] helpOption(String[] args) {
    List<String> words = new ArrayList<>(List.of(args));
    words.remove("help");
    words.add("--help");
    return words.toArray(String[]::new);
  }

  /// The status after a check that all text could be written.
  ///
  /// @param unwritten the status if it could not
  private static int withOutput(int status, int unwritten, Console console) {
    Optional<IOException> failure = console.outputFailure();
    if (failure.isEmpty()) {
      return status;
    }
    boolean isBrokenPipe = Console.isBrokenPipe(failure.get());
    if (!isBrokenPipe) {
      console
          .err()
          .println("initrunner: its output cannot be written: " + failure.get().getMessage());
    }
    if (status != ExitCodes.OK && unwritten != ExitCodes.EXEC_FAILED) {
      return status;
    }
    return isBrokenPipe ? ExitCodes.BROKEN_PIPE : unwritten;
  }

  private static int execute(CommandLine.ParseResult parsed, Root root, Console console) {
    try {
      PATHS.forEach(
          name -> console.variable(name).ifPresent(path -> requireText(name + " is ", path)));
      LogLevel.asked(root, console).ifPresent(level -> Log.install(console, level));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          parsed.commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
    }
    Optional<CommandLine> help = helpOf(parsed);
    if (help.isPresent()) {
      refuseUnknownCommand(help.get());
      console.out().printOwn(help.get().getUsageMessage(help.get().getColorScheme()));
      return ExitCodes.OK;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /// The command whose help is asked for (the last that is named, also by `-h run`), or the root
  /// without a command.
  private static Optional<CommandLine> helpOf(CommandLine.ParseResult parsed) {
    CommandLine all = parsed.commandSpec().commandLine();
    boolean isBare = !parsed.hasSubcommand() && !parsed.isVersionHelpRequested();
    List<CommandLine> named = parsed.asCommandLineList();
    boolean isAsked = named.stream().anyMatch(CommandLine::isUsageHelpRequested);
    return isAsked ? Optional.of(named.getLast()) : Optional.of(all).filter(_ -> isBare);
  }

  /// The parser takes any word beside an option for help.
  private static void refuseUnknownCommand(CommandLine named) {
    List<String> unmatched = named.getUnmatchedArguments();
    if (!named.getSubcommands().isEmpty() && !unmatched.isEmpty()) {
      throw new CommandLine.UnmatchedArgumentException(named, unmatched);
    }
  }

  /// The original text is lost, and a command for another file must not run.
  private static void requireText(String what, String text) {
    if (text.indexOf(UNREADABLE) >= 0) {
      throw new IllegalArgumentException(what + Failures.unreadable(text));
    }
  }

  /// The command's name, if the first word is one: then only that command's classes are loaded. The
  /// list of commands and suggestions of names need all of them.
  private static Optional<String> commandOf(String[] args) {
    for (String argument : args) {
      if (!argument.startsWith("-")) {
        return Optional.of(argument).filter(COMMANDS::containsKey);
      }
    }
    return Optional.empty();
  }

  private static Ansi ansi(Console console) {
    boolean colour =
        console.output() == Console.Output.TERMINAL && console.variable("NO_COLOR").isEmpty();
    return colour ? Ansi.ON : Ansi.OFF;
  }
}
