package initrunner.ssh;

import initrunner.exec.CallCookie;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Ended.Signaled;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.LocalProcess;
import initrunner.exec.Outcome;
import initrunner.exec.ProcessHunt;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.Transport;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.Uninterrupted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs each command by an `ssh` process of its own over one shared ControlMaster. Works with every
/// OpenSSH client; what it cannot know is the name of the signal that ended a remote command, and
/// when a command is over whose background child holds its output open.
///
/// Safe for any number of threads. A call never logs in by itself: where the master is gone it is
/// started anew, once for all who wait; where the server has no session left the call waits for
/// one.
public final class SshProcessTransport implements Transport {

  private static final Duration DRAIN = Duration.ofMillis(200);
  private static final Duration HUNT_BOUND = Duration.ofSeconds(10);
  private static final Duration REFUSED_PAUSE = Duration.ofMillis(100);
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(15);
  private static final Duration CLIENT_END = Duration.ofSeconds(1);

  private final SshLink link;
  private final Set<LocalProcess> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private final ShutdownHook shutdown = new ShutdownHook(this::close);

  public SshProcessTransport(SshTarget target) {
    link = new SshLink(target);
  }

  /// One attempt's end.
  private sealed interface Attempt {
    record Ran(Ended ended) implements Attempt {}

    /// Nothing was started: no session was left.
    record Refused() implements Attempt {}

    /// Nothing was started: there is no master.
    record NoMaster() implements Attempt {}
  }

  @Override
  public void open() {
    shutdown.add();
    link.current();
  }

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public Outcome run(Command command, Limits limits, Sink sink) {
    open();
    calls.incrementAndGet();
    try {
      return runToEnd(command, limits, sink);
    } finally {
      calls.decrementAndGet();
    }
  }

  private Outcome runToEnd(Command command, Limits limits, Sink sink) {
    long begin = System.nanoTime();
    Optional<Long> deadline = limits.timeout().map(timeout -> begin + timeout.toNanos());
    CallCookie cookie = CallCookie.random();
    boolean reconnected = false;
    while (true) {
      SshLink.Connection connection = link.current();
      LoginShell.Line line = connection.shell().line(cookie.mark(command));
      Sink clean =
          connection.shell().quiet() ? sink : new MarkedSink(connection.shell().mark(), sink);
      Path log = connection.directory().resolve(cookie.value() + ".log");
      try (LocalProcess process = start(connection, line, log)) {
        Call call = new Call(connection, cookie, limits, deadline, process, log);
        switch (attempt(call, clean)) {
          case Attempt.Ran(Ended ended) -> {
            return new Outcome(
                ended, process.output(), Duration.ofNanos(System.nanoTime() - begin));
          }
          case Attempt.Refused() -> awaitSession(command, deadline);
          case Attempt.NoMaster() -> {
            if (reconnected) {
              throw noMaster();
            }
            reconnected = true;
            link.lost(connection);
          }
        }
      } finally {
        delete(log);
      }
    }
  }

  private record Call(
      SshLink.Connection connection,
      CallCookie cookie,
      Limits limits,
      Optional<Long> deadline,
      LocalProcess process,
      Path log) {}

  private LocalProcess start(SshLink.Connection connection, LoginShell.Line line, Path log) {
    SshClient client = connection.client();
    List<String> options = client.options(connection.master().controlPath());
    options.addAll(List.of("-E", log.toString()));
    SshClient.addOption(options, "LogLevel=DEBUG2");
    // Without a master this ssh would log in by itself; so its own way to the host leads nowhere.
    SshClient.addOption(options, "ProxyCommand=false");
    try {
      return client.start(
          client.withDestination(options, Optional.of(line.command())), line.stdin());
    } catch (IOException e) {
      throw SshDiagnosis.of(
          Kind.CLIENT_MISSING,
          link.host(),
          "ssh cannot be started: " + e.getMessage(),
          "Check that the OpenSSH client runs: ssh -V");
    }
  }

  private Attempt attempt(Call call, Sink sink) {
    running.add(call.process());
    try {
      return switch (call.process().await(call.deadline(), DRAIN, sink)) {
        case EXITED -> read(call);
        case TIME_UP -> new Attempt.Ran(new TimedOut(stop(call)));
        case INTERRUPTED -> new Attempt.Ran(cancelled(call));
      };
    } catch (RuntimeException sinkFailed) {
      stop(call);
      throw sinkFailed;
    } finally {
      running.remove(call.process());
    }
  }

  private Attempt read(Call call) {
    SshClientLog log = SshClientLog.read(call.log());
    if (log.exitStatus().isPresent()) {
      return new Attempt.Ran(new Exited(log.exitStatus().get()));
    }
    if (log.sessionRefused()) {
      return new Attempt.Refused();
    }
    if (log.killedHere()) {
      return new Attempt.Ran(cancelled(call));
    }
    if (!log.sessionOpened()) {
      return new Attempt.NoMaster();
    }
    boolean linkLives = call.connection().master().pid().equals(call.connection().masterPid());
    return new Attempt.Ran(
        linkLives
            ? new Signaled("unknown")
            : new Lost("the connection to '" + link.host() + "' ended while the command ran"));
  }

  private void awaitSession(Command command, Optional<Long> deadline) {
    boolean replayable = !(command.stdin() instanceof Stdin.Stream);
    boolean late =
        deadline.isPresent() && deadline.get() - System.nanoTime() < REFUSED_PAUSE.toNanos();
    if (!replayable || late || !pause()) {
      throw SshDiagnosis.of(
          Kind.SESSION_LIMIT,
          link.host(),
          "'" + link.host() + "' had no free session for the command (sshd's MaxSessions)",
          "Run fewer commands at once, or raise MaxSessions in the host's sshd_config.");
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(REFUSED_PAUSE);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Ended cancelled(Call call) {
    Stop stop = stop(call);
    Thread.currentThread().interrupt();
    return new Cancelled(stop);
  }

  /// Stops the remote command through a second session. The local `ssh` is left to see its end.
  private Stop stop(Call call) {
    return Uninterrupted.get(() -> stopAndProve(call));
  }

  private Stop stopAndProve(Call call) {
    Stop first = stop(call, ProcessHunt.command(call.cookie(), call.limits().killGrace()));
    if (first != Stop.UNKNOWN) {
      return first;
    }
    call.process().close();
    // The command may have been on its way when the first hunt looked.
    return switch (hunt(call, ProcessHunt.command(call.cookie(), call.limits().killGrace()))) {
      case STOPPED -> Stop.STOPPED;
      case STILL_RUNNING -> Stop.STILL_RUNNING;
      case NONE_FOUND, UNKNOWN -> Stop.UNKNOWN;
    };
  }

  private Stop stop(Call call, Command hunter) {
    return switch (hunt(call, hunter)) {
      case STOPPED -> Stop.STOPPED;
      case STILL_RUNNING -> Stop.STILL_RUNNING;
      case NONE_FOUND -> endedByItself(call) ? Stop.STOPPED : Stop.UNKNOWN;
      case UNKNOWN -> Stop.UNKNOWN;
    };
  }

  /// Nothing was found: either it is over, which its `ssh` is about to say, or it has not begun.
  private static boolean endedByItself(Call call) {
    Optional<Long> bound = Optional.of(System.nanoTime() + CLIENT_END.toNanos());
    return call.process().await(bound, DRAIN, new Captured(2)) == LocalProcess.Wake.EXITED
        && SshClientLog.read(call.log()).exitStatus().isPresent();
  }

  private ProcessHunt.Verdict hunt(Call call, Command hunter) {
    Duration bound = call.limits().killGrace().plus(HUNT_BOUND);
    return link.beside(call.connection(), hunter, bound)
        .map(answer -> ProcessHunt.verdict(answer.stdout()))
        .orElse(ProcessHunt.Verdict.UNKNOWN);
  }

  private TransportException noMaster() {
    return SshDiagnosis.of(
        Kind.LINK_DOWN,
        link.host(),
        "the connection to '" + link.host() + "' is gone and cannot be used again",
        "Try by hand: ssh -o BatchMode=yes -v {host} true");
  }

  private static void delete(Path log) {
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      System.getLogger(SshProcessTransport.class.getName())
          .log(System.Logger.Level.DEBUG, "removing " + log, e);
    }
  }

  @Override
  public void close() {
    running.forEach(LocalProcess::cancel);
    awaitCalls();
    link.close();
    shutdown.remove();
  }

  /// Calls that were cancelled look for the proof of their stop, and need the link for that.
  private void awaitCalls() {
    long until = System.nanoTime() + CLOSE_BOUND.toNanos();
    while (calls.get() > 0 && System.nanoTime() < until && pause()) {
      running.forEach(LocalProcess::cancel);
    }
  }
}
