package initrunner.exec.transport;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.pty.PseudoTerminal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Runs commands on this machine, each in a session of its own where `setsid` is installed, so that
/// a Ctrl-C in the terminal reaches InitRunner and not the command. Safe for any number of threads.
///
/// Commands and InitRunner's own helper programs are looked up on the `PATH` that commands get.
///
/// A command that a signal ended has the status 128 + the signal's number, as in a shell: the JDK
/// reports it like an exit with that number.
public final class LocalTransport implements Transport {

  private static final Duration REAPED = Duration.ofSeconds(1);
  private static final Duration HUNT_BOUND = Duration.ofSeconds(10);
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(15);

  private final Map<String, String> baseEnvironment;
  private final CallsUnderWay calls = new CallsUnderWay();
  private final Optional<ShutdownHook> shutdown;
  private final String searchPath;
  private final Optional<Path> setsid;

  /// @param baseEnvironment the environment of every command, before its own variables
  public LocalTransport(Map<String, String> baseEnvironment) {
    this(baseEnvironment, true);
  }

  private LocalTransport(Map<String, String> baseEnvironment, boolean closesAtExit) {
    this.baseEnvironment = Map.copyOf(baseEnvironment);
    searchPath = SearchPath.of(baseEnvironment);
    setsid = SearchPath.find("setsid", searchPath);
    shutdown = closesAtExit ? Optional.of(new ShutdownHook(this::close)) : Optional.empty();
  }

  /// A transport that keeps running commands while the JVM ends by a signal, for an owner who
  /// closes it then: other shutdown hooks may need it to stop their commands.
  public static LocalTransport closedByItsOwner(Map<String, String> baseEnvironment) {
    return new LocalTransport(baseEnvironment, false);
  }

  @Override
  public void open() {}

  @Override
  public CallScope call() {
    return calls.begin(this);
  }

  @Override
  public String name() {
    return "none";
  }

  @Override
  public Outcome run(CallScope scope, Command command, Limits limits, Sink sink) {
    if (scope.isUnwanted()) {
      throw refusal(Kind.LINK_DOWN, "the transport is closed", "Open another.");
    }
    shutdown.ifPresent(ShutdownHook::add);
    long begin = System.nanoTime();
    Deadline deadline = Deadline.of(limits);
    CallCookie cookie = CallCookie.random();
    try (LocalProcess process = start(cookie.markWithin(System.getenv(), command))) {
      Started started = new Started(this, process, cookie);
      Optional<Ended> stopped = scope.await(started, deadline, limits.killGrace(), sink);
      Ended ended = stopped.orElseGet(() -> new Exited(process.status()));
      return new Outcome(ended, process.output(), Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private LocalProcess start(Command command) {
    requireExpressible(command);
    File directory = new File(command.workingDirectory().map(LocalTransport::expand).orElse("."));
    if (!directory.isDirectory()) {
      throw refusal(
          Kind.COMMAND_INVALID,
          "working directory '" + directory + "' is not there",
          "Create it, or name another one.");
    }
    String program = command.argv().getFirst();
    Path found =
        find(program, directory)
            .orElseThrow(() ->
                refusal(
                    Kind.COMMAND_NOT_FOUND,
                    "command '" + program + "' not found",
                    "Install it, or name a program that is on PATH."));
    ProcessBuilder builder = new ProcessBuilder().directory(directory);
    giveBase(builder.environment());
    if (command.stdin() instanceof Stdin.Terminal terminal) {
      builder.environment().put("TERM", terminal.type());
    }
    builder.environment().putAll(command.environment());
    builder.environment().putAll(command.secrets().values());
    try {
      return command.stdin() instanceof Stdin.Terminal terminal
          ? startOn(terminal, builder, command.argv())
          : LocalProcess.start(builder.command(words(command.argv(), found)), command.stdin());
    } catch (IOException e) {
      throw refusal(
          Kind.COMMAND_INVALID,
          "command '" + program + "' cannot be started: " + e.getMessage(),
          "Check that the program is executable and its arguments are not too long.");
    }
  }

  private List<String> words(List<String> command, Path found) {
    List<String> argv = new ArrayList<>(command);
    if (setsid.isPresent()) {
      argv.addFirst(setsid.get().toString());
    } else if (argv.getFirst().indexOf('/') < 0) {
      // The JDK looks in this process's own PATH, and not in the command's as setsid does.
      argv.set(0, found.toString());
    }
    return argv;
  }

  private LocalProcess startOn(Stdin.Terminal typed, ProcessBuilder builder, List<String> argv)
      throws IOException {
    String session =
        setsid
            .map(Path::toString)
            .orElseThrow(() -> noTerminal("setsid is not on PATH", "Install util-linux"));
    PseudoTerminal terminal;
    try {
      terminal = PseudoTerminal.open(typed);
    } catch (IOException e) {
      throw noTerminal(
          String.valueOf(e.getMessage()),
          "See that /dev/ptmx and /dev/pts are there, and that java has"
              + " --enable-native-access=ALL-UNNAMED");
    }
    LocalProcess started =
        LocalProcess.start(builder.command(terminal.onIt(session, shell(), argv)), terminal, typed);
    typed.begun();
    return started;
  }

  private static TransportException noTerminal(String reason, String remedy) {
    return refusal(
        Kind.LOCAL_LIMIT,
        "this machine gives commands no terminal: " + reason,
        remedy + "; or run the command without one.");
  }

  private String shell() {
    return SearchPath.find("sh", searchPath).map(Path::toString).orElse("/bin/sh");
  }

  private static TransportException refusal(Kind kind, String message, String remedy) {
    return new TransportException(kind, "this machine", message, remedy);
  }

  /// A variable that equals this process's own is inherited, not set: its bytes may not survive the
  /// locale.
  private void giveBase(Map<String, String> environment) {
    environment.keySet().retainAll(baseEnvironment.keySet());
    baseEnvironment.forEach((name, value) -> {
      if (!value.equals(environment.get(name))) {
        environment.put(name, value);
      }
    });
  }

  /// The JDK writes `?` for a character that the locale lacks: that would be another command.
  private static void requireExpressible(Command command) {
    Stream<String> words =
        Stream.of(
                command.argv().stream(),
                command.environment().values().stream(),
                command.secrets().values().values().stream(),
                command.workingDirectory().stream())
            .flatMap(part -> part);
    if (!words.allMatch(PlatformText::isExact)) {
      throw refusal(
          Kind.COMMAND_INVALID,
          "the command holds characters that this process's locale (%s) has no bytes for"
              .formatted(PlatformText.charset()),
          "Start initrunner with a UTF-8 locale: LC_ALL=C.UTF-8");
    }
  }

  private Optional<Path> find(String program, File directory) {
    if (program.indexOf('/') >= 0) {
      return Optional.of(directory.toPath().resolve(program)).filter(Files::isExecutable);
    }
    return SearchPath.find(program, searchPath);
  }

  private static String expand(String directory) {
    String home = System.getProperty("user.home");
    if (directory.equals("~")) {
      return home;
    }
    return directory.startsWith("~/") ? home + directory.substring(1) : directory;
  }

  private record Started(LocalTransport host, LocalProcess process, CallCookie cookie)
      implements StartedCommand.OfProcess {

    @Override
    public Stop stop(Duration grace, Sink sink) {
      String knownPid = process.isAlive() ? Long.toString(process.pid()) : "";
      Command hunter = ProcessHunt.command(cookie, process.begun(), grace, knownPid);
      Duration bound = grace.plus(HUNT_BOUND);
      Stop stop = process.serveDuring(() -> host.hunt(hunter, bound), sink);
      if (stop == Stop.STOPPED) {
        process.awaitExit(REAPED, sink);
      }
      return stop;
    }
  }

  private Stop hunt(Command hunter, Duration bound) {
    Captured answer = new Captured(4096);
    List<String> argv = new ArrayList<>(hunter.argv());
    argv.set(0, shell());
    ProcessBuilder builder = new ProcessBuilder(argv).directory(new File("/"));
    giveBase(builder.environment());
    builder.environment().putAll(hunter.environment());
    try (LocalProcess process = LocalProcess.start(builder, Stdin.nothing())) {
      process.awaitExit(bound, answer);
      return ProcessHunt.verdict(answer.stdoutText()).stop();
    } catch (IOException noShellHere) {
      return Stop.UNKNOWN;
    }
  }

  @Override
  public void close() {
    calls.cancelAll(CLOSE_BOUND);
    shutdown.ifPresent(ShutdownHook::remove);
  }
}
