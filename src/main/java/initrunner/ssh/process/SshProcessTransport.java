package initrunner.ssh.process;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Ended.Signaled;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.pty.PseudoTerminal;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.CallsUnderWay;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.LocalProcess;
import initrunner.exec.transport.SearchPath;
import initrunner.exec.transport.ShutdownHook;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.RcFileDiagnosis;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshClientLog;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshLogFile;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.client.TerminalDiagnosis;
import initrunner.ssh.master.Master;
import initrunner.ssh.master.MasterPool;
import initrunner.ssh.master.PooledMaster;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.ReplayableStdin;
import initrunner.ssh.shell.LoginShell;
import initrunner.ssh.shell.MarkedSink;
import initrunner.text.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Runs each command by an `ssh` process of its own over shared ControlMasters. Works with every
/// OpenSSH client. It cannot know which signal ended a remote command, nor when a command is over
/// whose background child holds its output open.
///
/// Safe for any number of threads. A call never logs in by itself: where the master is gone it is
/// started anew, once for all who wait; where the server has no session left the call waits for
/// one, or for one more master.
public final class SshProcessTransport implements Transport {

  private static final Duration CLOSE_BOUND = Duration.ofSeconds(15);

  private final SshTarget target;
  private final MasterPool pool;
  private final CallsUnderWay calls;
  private final ShutdownHook shutdown = new ShutdownHook(this::close);

  public SshProcessTransport(SshTarget target) {
    this(target, SearchPath.own());
  }

  /// @param logins by which a login may ask a person; empty where none may
  public SshProcessTransport(SshTarget target, Optional<AskedLogins> logins) {
    this(target, SearchPath.own(), new CallsUnderWay(), logins);
  }

  /// @param searchPath where `ssh` is looked for, a list like `PATH`
  public SshProcessTransport(SshTarget target, String searchPath) {
    this(target, searchPath, new CallsUnderWay(), Optional.empty());
  }

  /// @param calls of this transport, and of those that share them with it
  /// @param logins by which a login may ask a person; empty where none may
  public SshProcessTransport(
      SshTarget target, String searchPath, CallsUnderWay calls, Optional<AskedLogins> logins) {
    this.target = target;
    pool = MasterPool.forProcesses(target, searchPath, logins);
    this.calls = calls;
  }

  private record Call(
      CallScope scope,
      CallCookie cookie,
      Command command,
      ReplayableStdin stdin,
      Limits limits,
      Deadline deadline,
      Sink sink) {}

  /// One attempt's end.
  private sealed interface Attempt {
    record Ran(Ended ended, OutputEnd output) implements Attempt {}

    /// Nothing was started: no session was left.
    record Refused() implements Attempt {}

    /// Nothing was started: there is no master, or its `ssh` failed before it asked.
    record NotSent(String said) implements Attempt {}
  }

  @Override
  public void open() {
    if (calls.isClosing()) {
      throw SshDiagnosis.closed(target);
    }
    shutdown.add();
    pool.connect();
  }

  @Override
  public CallScope call() {
    return calls.begin(this);
  }

  @Override
  public String name() {
    return "ssh";
  }

  private void requireWanted(CallScope scope) {
    if (scope.isUnwanted()) {
      throw SshDiagnosis.closed(target);
    }
  }

  @Override
  public Outcome run(CallScope scope, Command command, Limits limits, Sink sink) {
    requireWanted(scope);
    shutdown.add();
    long begin = System.nanoTime();
    Deadline deadline = Deadline.of(limits);
    ReplayableStdin stdin = new ReplayableStdin(command.stdin());
    Call call = new Call(scope, CallCookie.random(), command, stdin, limits, deadline, sink);
    Patience patience = new Patience(deadline, scope::isUnwanted);
    OptionalLong refusedAt = OptionalLong.empty();
    int failures = 0;
    while (true) {
      PooledMaster owner = pool.borrow(patience, refusedAt.orElse(System.nanoTime()));
      switch (attempt(owner, call)) {
        case Attempt.Ran(Ended ended, OutputEnd output) -> {
          return new Outcome(ended, output, Duration.ofNanos(System.nanoTime() - begin));
        }
        case Attempt.Refused() -> {
          refusedAt = OptionalLong.of(refusedAt.orElse(System.nanoTime()));
          if (!stdin.isReplayable()) {
            throw SshDiagnosis.noSession(target);
          }
        }
        case Attempt.NotSent(String said) -> {
          if (++failures == MasterPool.MOST_LOST || !stdin.isReplayable()) {
            throw notSent(said);
          }
        }
      }
    }
  }

  /// Tries the command in a borrowed session, and gives the session back.
  private Attempt attempt(PooledMaster owner, Call call) {
    int others = pool.others(owner);
    boolean refused = false;
    try {
      Attempt attempt = attempt(owner.master(), call);
      refused = attempt instanceof Attempt.Refused;
      if (attempt instanceof Attempt.NotSent && !owner.master().isAlive()) {
        pool.retire(owner);
      }
      return attempt;
    } finally {
      if (refused) {
        // An `ssh` that was started later may have asked before.
        pool.refused(owner, Math.max(others, pool.others(owner)), Optional.empty());
      } else {
        pool.giveBack(owner, Optional.empty());
      }
    }
  }

  private Attempt attempt(Master master, Call call) {
    requireWanted(call.scope());
    Command marked = call.cookie().mark(call.command());
    LoginShell.Line line = master.shell().line(marked.withStdin(call.stdin().fromTheBeginning()));
    MarkedSink output = line.marked(call.sink());
    Duration grace = call.limits().killGrace();
    try (SshLogFile log = log(master, call.cookie());
        LocalProcess process = start(master, line, output, log.path())) {
      ClientCall started = new ClientCall(master, call.cookie(), process, log);
      Optional<Ended> stopped = call.scope().await(started, call.deadline(), grace, output);
      Attempt attempt = stopped.isPresent() ? ran(started, stopped.get()) : read(started, grace);
      if (!(attempt instanceof Attempt.Ran(Ended ended, OutputEnd end))) {
        return attempt;
      }
      Optional<String> directory = call.command().workingDirectory();
      return new Attempt.Ran(RcFileDiagnosis.begun(target, directory, output, ended, end), end);
    }
  }

  private SshLogFile log(Master master, CallCookie cookie) {
    try {
      return SshLogFile.create(master.directory().path().resolve(cookie.value() + ".log"));
    } catch (IOException e) {
      throw SshDiagnosis.of(
          Kind.LOCAL_LIMIT,
          target,
          "no file for the log of the ssh process: " + FileFailure.reason(e),
          "See that /tmp can be written to and is not full, and that this process may open more"
              + " files (ulimit -n).");
    }
  }

  private LocalProcess start(Master master, LoginShell.Line line, MarkedSink output, Path log) {
    SshClient client = master.client();
    List<String> options = client.options(master.controlPath());
    options.addAll(List.of("-E", log.toString()));
    SshClient.addOption(options, SshClientLog.LEVEL);
    // Without a master this ssh would log in by itself; so its own way to the host leads nowhere.
    SshClient.addOption(options, "ProxyCommand=false");
    List<String> arguments = client.withDestination(options, Optional.of(line.command()));
    try {
      return line.stdin() instanceof Stdin.Terminal terminal
          ? startOn(open(terminal), client, arguments, line, output)
          : client.start(arguments, line.input());
    } catch (IOException e) {
      throw SshDiagnosis.of(
          Kind.CLIENT_MISSING,
          target,
          "ssh cannot be started: " + e.getMessage(),
          "Check that the OpenSSH client runs: ssh -V");
    }
  }

  private OpenTerminal open(Stdin.Terminal terminal) {
    try {
      return new OpenTerminal(terminal, PseudoTerminal.open(terminal));
    } catch (IOException e) {
      throw TerminalDiagnosis.noneHere(target, String.valueOf(e.getMessage()));
    }
  }

  /// @param here on this machine, for the `ssh` of the call
  private record OpenTerminal(Stdin.Terminal wanted, PseudoTerminal here) {}

  private static LocalProcess startOn(
      OpenTerminal terminal,
      SshClient client,
      List<String> arguments,
      LoginShell.Line line,
      MarkedSink output)
      throws IOException {
    // Only the terminal on the host knows when a program asks for a secret.
    terminal.wanted().secretsAskedBy(Optional::empty);
    if (!line.head().isEmpty()) {
      terminal.here().passLines();
    }
    KeysForClient keys = new KeysForClient(terminal.wanted().typed(), terminal.here());
    output.whenBegun(() -> {
      keys.release();
      terminal.wanted().begun();
    });
    Stdin typed = line.withStdin(new Stdin.Stream(keys)).input();
    return client.startOn(terminal.here(), terminal.wanted().type(), arguments, typed);
  }

  private Attempt read(ClientCall call, Duration grace) {
    if (!call.log().made()) {
      return new Attempt.NotSent("the directory of the connection is gone");
    }
    Optional<SshClientLog> written = call.log().read();
    if (written.isEmpty()) {
      return ran(
          call,
          new Lost("what the ssh process of this call said is gone: the command may have run"));
    }
    SshClientLog log = written.get();
    if (log.exitStatus().isPresent()) {
      return ran(call, new Exited(log.exitStatus().get()));
    }
    if (log.sessionRefused()) {
      return new Attempt.Refused();
    }
    if (!log.requestSent()) {
      return new Attempt.NotSent(log.errors());
    }
    if (log.terminated() || call.process().status() != SshClient.FAILED) {
      return ran(call, clientKilled(call, grace));
    }
    return ran(
        call,
        log.sessionOpened() && call.master().isAlive()
            ? new Signaled("unknown")
            : new Lost("the connection to '" + target.host() + "' ended while the command ran"));
  }

  private static Attempt ran(ClientCall call, Ended ended) {
    return new Attempt.Ran(ended, call.process().output());
  }

  private static Lost clientKilled(ClientCall call, Duration grace) {
    String rest =
        switch (call.stop(grace, Sink.DISCARD)) {
          case STOPPED -> "the command was stopped";
          case STILL_RUNNING -> "the command still runs there";
          case UNKNOWN -> "the command may still run there";
        };
    return new Lost("the ssh process of this call was killed; " + rest);
  }

  /// @param said by the `ssh` of the call
  private TransportException notSent(String said) {
    String shown = SshDiagnosis.shown(said);
    return SshDiagnosis.of(
        Kind.LINK_DOWN,
        target,
        "the command could not be handed to the connection to '%s'%s"
            .formatted(target.host(), shown.isEmpty() ? "" : ": " + shown),
        "Try by hand: {ssh} -o BatchMode=yes -v {host} true");
  }

  @Override
  public void close() {
    calls.cancelAll(CLOSE_BOUND, pool::wakeWaiting);
    pool.close();
    shutdown.remove();
  }
}
