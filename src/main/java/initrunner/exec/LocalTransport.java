package initrunner.exec;

import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.TransportException.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Runs commands on this machine, each in a session of its own where `setsid` is there, so that a
/// Ctrl-C in the terminal is ours to answer and not theirs. Safe for any number of threads.
///
/// A command that a signal ended has the status 128 + the signal's number, as in a shell: the JDK
/// does not tell it from a command that exited with that number.
public final class LocalTransport implements Transport {

  private static final Duration DRAIN = Duration.ofMillis(200);
  private static final Duration HUNT_BOUND = Duration.ofSeconds(10);
  private static final String TARGET = "this machine";

  private final Map<String, String> baseEnvironment;
  private final Set<LocalProcess> running = ConcurrentHashMap.newKeySet();
  private final Optional<Path> setsid = SearchPath.find("setsid");

  /// @param baseEnvironment what every command finds in its environment, before its own variables
  public LocalTransport(Map<String, String> baseEnvironment) {
    this.baseEnvironment = Map.copyOf(baseEnvironment);
  }

  @Override
  public void open() {}

  @Override
  public String name() {
    return "none";
  }

  @Override
  public Outcome run(Command command, Limits limits, Sink sink) {
    long begin = System.nanoTime();
    Optional<Long> deadline = limits.timeout().map(timeout -> begin + timeout.toNanos());
    CallCookie cookie = CallCookie.random();
    try (LocalProcess process = start(cookie.mark(command))) {
      running.add(process);
      try {
        Ended ended =
            switch (process.await(deadline, DRAIN, sink)) {
              case EXITED -> new Exited(process.status());
              case TIME_UP -> new TimedOut(stop(cookie, limits));
              case INTERRUPTED -> cancelled(cookie, limits);
            };
        return new Outcome(ended, process.output(), Duration.ofNanos(System.nanoTime() - begin));
      } catch (RuntimeException sinkFailed) {
        stop(cookie, limits);
        throw sinkFailed;
      } finally {
        running.remove(process);
      }
    }
  }

  private LocalProcess start(Command command) {
    File directory = new File(command.workingDirectory().map(LocalTransport::expand).orElse("."));
    if (!directory.isDirectory()) {
      throw new TransportException(
          Kind.COMMAND_INVALID,
          TARGET,
          "working directory '" + directory + "' is not there",
          "Create it, or name another one.");
    }
    String program = command.argv().getFirst();
    if (find(program, directory).isEmpty()) {
      throw new TransportException(
          Kind.COMMAND_NOT_FOUND,
          TARGET,
          "command '" + program + "' not found",
          "Install it, or name a program that is on PATH.");
    }
    List<String> argv = new ArrayList<>();
    setsid.ifPresent(found -> argv.add(found.toString()));
    argv.addAll(command.argv());
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory);
    builder.environment().clear();
    builder.environment().putAll(baseEnvironment);
    builder.environment().putAll(command.environment());
    try {
      return LocalProcess.start(builder, command.stdin());
    } catch (IOException e) {
      throw new TransportException(
          Kind.COMMAND_INVALID,
          TARGET,
          "command '" + program + "' cannot be started: " + e.getMessage(),
          "Check that the program is executable and its arguments are not too long.");
    }
  }

  private Optional<Path> find(String program, File directory) {
    if (program.indexOf('/') >= 0) {
      return Optional.of(directory.toPath().resolve(program)).filter(Files::isExecutable);
    }
    return SearchPath.find(program, baseEnvironment.getOrDefault("PATH", "/usr/bin:/bin"));
  }

  private static String expand(String directory) {
    String home = System.getProperty("user.home");
    if (directory.equals("~")) {
      return home;
    }
    return directory.startsWith("~/") ? home + directory.substring(1) : directory;
  }

  private Ended cancelled(CallCookie cookie, Limits limits) {
    Stop stop = stop(cookie, limits);
    Thread.currentThread().interrupt();
    return new Cancelled(stop);
  }

  private Stop stop(CallCookie cookie, Limits limits) {
    return Uninterrupted.get(() -> hunt(cookie, limits));
  }

  private static Stop hunt(CallCookie cookie, Limits limits) {
    Captured answer = new Captured(4096);
    Command hunt = ProcessHunt.command(cookie, limits.killGrace());
    try (LocalProcess process =
        LocalProcess.start(
            new ProcessBuilder(hunt.argv()).directory(new File("/")), Stdin.nothing())) {
      long until = System.nanoTime() + limits.killGrace().plus(HUNT_BOUND).toNanos();
      process.await(Optional.of(until), DRAIN, answer);
      return switch (ProcessHunt.verdict(answer.stdoutText())) {
        case STOPPED, NONE_FOUND -> Stop.STOPPED;
        case STILL_RUNNING -> Stop.STILL_RUNNING;
        case UNKNOWN -> Stop.UNKNOWN;
      };
    } catch (IOException noShellHere) {
      return Stop.UNKNOWN;
    }
  }

  @Override
  public void close() {
    running.forEach(LocalProcess::cancel);
  }
}
