package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.CallCookie;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.CallsUnderWay;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.PortAddress;
import initrunner.exec.transport.PortTransport;
import initrunner.exec.transport.ShutdownHook;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.RcFileDiagnosis;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.client.TerminalDiagnosis;
import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.master.Master;
import initrunner.ssh.mux.ExecChannel;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.ReplayableStdin;
import initrunner.ssh.mux.TerminalModes;
import initrunner.ssh.shell.LoginShell;
import initrunner.ssh.shell.MarkedSink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Runs commands over the user's own OpenSSH, without a process per call: `ssh` logs in once and
/// stays as a ControlMaster; commands go to it over its control socket in the terms of the SSH
/// connection protocol (proxy mode).
///
/// Safe for any number of threads. [#run] blocks; an interrupt, a timeout and [#close] all stop the
/// command and prove it, and touch no other call. Failures of the connection before a command was
/// sent are [TransportException]s; after that, they are [Lost].
public final class SshTransport implements PortTransport {

  private static final Duration CLOSE_BOUND = Duration.ofSeconds(30);

  /// How many attempts may come to nothing beside those on spares that the server has closed.
  private static final int MOST_ATTEMPTS = 8;

  private final ChannelPool pool;
  private final SshTarget target;
  private final CallsUnderWay calls;
  private final ShutdownHook shutdown = new ShutdownHook(this::close);

  public SshTransport(SshTarget target) {
    this(target, new CallsUnderWay(), Optional.empty());
  }

  /// @param calls of this transport, and of those that share them with it
  /// @param logins by which a login may ask a person; empty where none may
  SshTransport(SshTarget target, CallsUnderWay calls, Optional<AskedLogins> logins) {
    this.calls = calls;
    this.target = target;
    pool = new ChannelPool(target, System.getenv(), logins);
  }

  @Override
  public void begin() {
    shutdown.add();
    pool.begin();
  }

  @Override
  public void open() {
    shutdown.add();
    pool.open();
  }

  @Override
  public boolean isConnected() {
    return pool.isConnected();
  }

  SshFacts facts(int most) {
    shutdown.add();
    return SshFacts.of(pool, most);
  }

  @Override
  public CallScope call() {
    return calls.begin(this);
  }

  @Override
  public String name() {
    return "ssh";
  }

  private record Call(
      CallScope scope,
      CallCookie cookie,
      Limits limits,
      Deadline deadline,
      Optional<String> directory,
      Sink sink) {}

  @Override
  public Outcome run(CallScope scope, Command command, Limits limits, Sink sink) {
    if (scope.isUnwanted()) {
      throw SshDiagnosis.closed(target);
    }
    shutdown.add();
    long begin = System.nanoTime();
    Deadline deadline = Deadline.of(limits);
    CallCookie cookie = CallCookie.random();
    Command marked = cookie.mark(command);
    Call call = new Call(scope, cookie, limits, deadline, command.workingDirectory(), sink);
    ReplayableStdin replayable = new ReplayableStdin(command.stdin());
    Stdin stdin = command.stdin();
    for (int left = MOST_ATTEMPTS + pool.spares(); left > 0; left--) {
      ChannelPool.Lease lease = pool.acquire(new Patience(deadline, scope::isUnwanted));
      if (scope.isUnwanted()) {
        pool.release(lease);
        throw SshDiagnosis.closed(target);
      }
      if (lease.channel().shellWaits()) {
        stdin = replayable.fromTheBeginning();
      }
      Optional<End> end =
          stdin instanceof Stdin.Terminal terminal
              ? attempt(lease, marked, terminal, call)
              : attempt(lease, marked.withStdin(stdin), call);
      if (end.isPresent()) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
        return new Outcome(end.get().ended(), end.get().output(), elapsed);
      }
      if (!replayable.isReplayable()) {
        throw inputSpent();
      }
      stdin = replayable.fromTheBeginning();
    }
    throw SshDiagnosis.of(
        Kind.LINK_DOWN,
        target,
        "'" + target.host() + "' closed each session before the command could be sent",
        "Nothing was started. See the log of sshd on the host; try by hand:"
            + " {ssh} -o BatchMode=yes -v {host} true");
  }

  @Override
  public Outcome relay(CallScope scope, PortAddress to, Stdin input, Limits limits, Sink sink) {
    if (scope.isUnwanted()) {
      throw SshDiagnosis.closed(target);
    }
    shutdown.add();
    return new PortRelay(pool.streams(), target).run(scope, to, input, limits, sink);
  }

  @Override
  public void probe(PortAddress to, Limits limits) {
    try (CallScope scope = call()) {
      Patience patience = new Patience(Deadline.of(limits), scope::isUnwanted);
      shutdown.add();
      pool.streams().release(pool.streams().connect(to, patience));
    }
  }

  private record End(Ended ended, OutputEnd output) {}

  private TransportException inputSpent() {
    return SshDiagnosis.of(
        Kind.LINK_DOWN,
        target,
        "the shell on '" + target.host() + "' that was to run the command was ended before it did",
        "Nothing was started: run it again.");
  }

  /// A terminal stands in front of all else on a channel, so one where a shell waits already is
  /// given for another.
  private Optional<End> attempt(
      ChannelPool.Lease given, Command command, Stdin.Terminal terminal, Call call) {
    if (given.owner().master().shell().isUntried()) {
      pool.learnShell(given);
      return Optional.empty();
    }
    Patience patience = new Patience(call.deadline(), call.scope()::isUnwanted);
    Optional<ChannelPool.Lease> bare =
        given.channel().shellWaits() ? pool.exchange(given, patience) : Optional.of(given);
    if (bare.isEmpty()) {
      return Optional.empty();
    }
    ChannelPool.Lease lease = bare.get();
    LoginShell.Line line = line(lease, given.owner().master().shell(), command);
    TerminalModes modes = line.head().isEmpty() ? TerminalModes.USUAL : TerminalModes.LINES_FIRST;
    boolean isOpen;
    try {
      isOpen = lease.channel().openTerminal(terminal, modes, patience);
    } catch (IOException linkDown) {
      pool.broken(lease);
      return Optional.empty();
    }
    if (isOpen) {
      return attempt(lease, command, call);
    }
    boolean isRefused = lease.channel().terminalRefused();
    pool.release(lease);
    if (isRefused) {
      throw TerminalDiagnosis.forbidden(target);
    }
    return Optional.empty();
  }

  /// @return empty if nothing was started, so that another may be tried
  private Optional<End> attempt(ChannelPool.Lease lease, Command command, Call call) {
    ExecChannel channel = lease.channel();
    Master master = lease.owner().master();
    Optional<OnChannel> sent = Optional.empty();
    int entry = master.callBegins(call.cookie());
    try {
      if (!channel.isUsable()) {
        pool.unusable(lease);
        return Optional.empty();
      }
      LoginShell.Line line = line(lease, master.shell(), command);
      MarkedSink marked = line.marked(call.sink());
      Optional<InputWhenReady> untried =
          master.shell().isUntried()
              ? Optional.of(new InputWhenReady(line.input().open()))
              : Optional.empty();
      OnChannel started = new OnChannel(pool, lease, call.cookie(), untried);
      sent = Optional.of(started);
      start(lease, held(line, marked, untried));
      pool.prepareSpare(lease.owner());
      return await(started, call, marked)
          .map(ended -> new End(ended, ended instanceof Lost ? OutputEnd.CUT : channel.output()));
    } catch (IOException linkDown) {
      pool.broken(lease);
      return sent.filter(started -> !started.withhold()).map(_ -> withoutLink(channel, linkDown));
    } finally {
      channel.closeInput();
      master.callIsOver(entry);
    }
  }

  /// What is typed before the command has begun is for the command, and what a login shell is given
  /// that was not asked what it understands is for a shell that is ready.
  private static LoginShell.Line held(
      LoginShell.Line line, MarkedSink marked, Optional<InputWhenReady> untried) {
    if (untried.isPresent()) {
      marked.whenReady(untried.get()::give);
      return line.withInput(new Stdin.Stream(untried.get()));
    }
    if (line.stdin() instanceof Stdin.Terminal terminal) {
      HeldKeys keys = new HeldKeys(terminal.typed());
      marked.whenBegun(() -> {
        keys.release();
        terminal.begun();
      });
      return line.withStdin(new Stdin.Stream(keys));
    }
    return line;
  }

  /// The channel stays as it is where there is no memory for the command.
  private LoginShell.Line line(ChannelPool.Lease lease, LoginShell shell, Command command) {
    try {
      return lease.channel().line(shell, command);
    } catch (RuntimeException | Error e) {
      pool.release(lease);
      throw e;
    }
  }

  /// The channel is of no use after a command that was sent in part.
  private void start(ChannelPool.Lease lease, LoginShell.Line line) throws IOException {
    try {
      lease.channel().start(lease.owner().requests(), line);
    } catch (RuntimeException | Error e) {
      pool.broken(lease);
      throw e;
    }
  }

  /// An end that arrived before the link went down holds; only the rest of the output is missing.
  private End withoutLink(ExecChannel channel, IOException linkDown) {
    boolean whole = channel.output() == OutputEnd.COMPLETE;
    return new End(
        channel.ended().orElseGet(() -> lost(linkDown)),
        channel.ended().isPresent() && whole ? OutputEnd.COMPLETE : OutputEnd.CUT);
  }

  private Lost lost(IOException linkDown) {
    return new Lost(
        "the connection to '%s' ended while the command ran (%s)"
            .formatted(target.host(), linkDown.getMessage()));
  }

  /// @return empty if the shell that was to run the command has not begun it, so that another may
  ///   be tried
  private Optional<Ended> await(OnChannel started, Call call, MarkedSink marked)
      throws IOException {
    Optional<Ended> stopped =
        call.scope().await(started, call.deadline(), call.limits().killGrace(), marked);
    if (stopped.isPresent()) {
      return stopped;
    }
    ChannelPool.Lease lease = started.lease();
    ExecChannel channel = lease.channel();
    boolean isWhole =
        channel.refused()
            || (channel.ended().isPresent() && channel.output() == OutputEnd.COMPLETE);
    boolean isBegun = marked.begun() || marked.noDirectory().isPresent();
    // A shell that waited has read the command late or never; another shell is tried.
    if (isWhole && channel.shellWaits() && !isBegun) {
      pool.unusable(lease);
      return Optional.empty();
    }
    if (started.untried().isPresent() && !isBegun) {
      return afterUntried(started, isWhole);
    }
    return Optional.of(
        RcFileDiagnosis.begun(target, call.directory(), marked, over(lease), channel.output()));
  }

  /// A login shell that was not asked before has given no sign that it began the command. Where
  /// that proves that it did not, it is asked, and the command tried again in the way that it
  /// understands.
  private Optional<Ended> afterUntried(OnChannel started, boolean isWhole) {
    if (isWhole || started.withhold()) {
      pool.learnShell(started.lease());
      return Optional.empty();
    }
    pool.release(started.lease());
    return Optional.of(
        new Lost(
            "the login shell on '"
                + target.host()
                + "' ended without a sign that it began the command"));
  }

  private Ended over(ChannelPool.Lease lease) {
    ExecChannel channel = lease.channel();
    boolean refused = channel.refused();
    pool.release(lease);
    if (refused) {
      throw SshDiagnosis.of(
          Kind.FORBIDDEN,
          target,
          "'" + target.host() + "' refused to start the command",
          "The account may run no commands of its own; try by hand:"
              + " {ssh} -o BatchMode=yes -v {host} true");
    }
    return channel
        .ended()
        .orElseGet(() ->
            new Lost("'" + target.host() + "' closed the channel without saying how it ended"));
  }

  @Override
  public void close() {
    calls.cancelAll(CLOSE_BOUND, pool::wakeWaiting);
    pool.close();
    shutdown.remove();
  }
}
