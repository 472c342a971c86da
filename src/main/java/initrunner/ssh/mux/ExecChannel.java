package initrunner.ssh.mux;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Began;
import initrunner.exec.transport.Deadline;
import initrunner.ssh.mux.FrameWriter.WantReply;
import initrunner.ssh.shell.LoginShell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/// One session channel with one command on it (RFC 4254 section 6.5): the exec request, the input
/// under the server's window, the output under ours, the end, and signals in between.
///
/// One thread drives it: [#startShell] if the command is not known yet, [#start], then [#await] as
/// often as it likes with [#signal] between, then [#end] once. It waits in [#await] only, which an
/// interrupt ends; the channel is usable after that. [#cancel] may be called by any thread.
public final class ExecChannel {

  /// The window and the packet size that OpenSSH's own client has for sessions (`channels.h`).
  public static final int WINDOW_BYTES = 64 * 32 * 1024;

  public static final int MAX_PACKET_BYTES = 32 * 1024;

  /// The window opens again by so much: often enough that over a long way the server does not wait
  /// for it.
  private static final int OPENED_AGAIN_BYTES = WINDOW_BYTES / 8;

  /// Why [#await] returned.
  public enum Wake {
    /// The command is over, and [#ended] says how.
    OVER,
    TIME_UP,
    INTERRUPTED,
    /// [#cancel] was called.
    CANCELLED,
    /// The server does not deliver signals to this command.
    SIGNAL_REFUSED,
    /// The server has answered [#ping].
    ALIVE
  }

  /// What a reply answers; replies come in the order of the requests (RFC 4254 section 4).
  private enum Asked {
    START,
    TERMINAL,
    SIGNAL,
    PING,
    SIGN_OF_LIFE
  }

  private final MuxSocket socket;
  private final Queue<Asked> unanswered = new ArrayDeque<>();
  private final int ours;
  private final int theirs;
  private final ChannelInput input;
  private final ChannelState state = new ChannelState();

  private Optional<ChannelTerminal> terminal = Optional.empty();

  /// Why the next [#await] returns, as the server's answers have it.
  private final Set<Wake> answers = EnumSet.noneOf(Wake.class);

  private int owed;
  private Began begun = Began.now();
  private Optional<String> shellsNonce = Optional.empty();
  private final RestOfOutput rest = new RestOfOutput();
  private volatile boolean cancelled;

  ExecChannel(MuxSocket socket, ChannelMessage.OpenConfirmation opened) {
    this.socket = socket;
    this.ours = opened.recipient();
    this.theirs = opened.sender();
    this.input = new ChannelInput(socket, opened);
  }

  public MuxSocket socket() {
    return socket;
  }

  /// Whether a command can be started on the channel.
  ///
  /// @throws IOException if the master is gone
  public boolean isUsable() throws IOException {
    receive(Sink.DISCARD);
    return state.takesCommand();
  }

  /// Starts the login shell, which waits for the command ([LoginShell#waiting]).
  ///
  /// @param environment requests as `ssh` would make them for the user's configuration
  /// @throws IOException if the master is gone
  void startShell(SessionRequests environment, LoginShell shell) throws IOException {
    state.begin(ChannelState.Program.SHELL);
    String nonce = LoginShell.nonce();
    exec(environment, shell.waiting(nonce));
    shellsNonce = Optional.of(nonce);
    socket.flush();
  }

  /// Whether the command is to be a line for a shell that was started before.
  public boolean shellWaits() {
    return shellsNonce.isPresent();
  }

  /// The command in the form that this channel takes.
  public LoginShell.Line line(LoginShell shell, Command command) {
    return shellsNonce
        .map(nonce -> shell.lineToRead(nonce, command))
        .orElseGet(() -> shell.line(command));
  }

  private void exec(SessionRequests environment, String command) {
    environment.write(socket.out(), theirs);
    socket.out().request(theirs, "exec", WantReply.YES, command);
    unanswered.add(Asked.START);
  }

  /// Asks for a terminal for the command, and waits for the answer: a server that gives none would
  /// run the command without. Once for a channel on which nothing was started.
  ///
  /// @return whether there is one; false also where the server has closed the channel, or has not
  ///   answered in time
  /// @throws IOException if the master is gone
  public boolean openTerminal(Stdin.Terminal wanted, TerminalModes modes, Patience patience)
      throws IOException {
    if (terminal.isPresent() || shellWaits()) {
      throw new IllegalStateException("a second terminal, or one behind a shell");
    }
    ChannelTerminal asked =
        ChannelTerminal.ask(socket.out(), theirs, wanted, modes, socket::wakeup);
    terminal = Optional.of(asked);
    unanswered.add(Asked.TERMINAL);
    while (asked.answer() == ChannelTerminal.Answer.NONE && !state.isOver() && !patience.isOver()) {
      socket.flush();
      if (!receive(Sink.DISCARD) && asked.answer() == ChannelTerminal.Answer.NONE) {
        socket.await(patience.nanos());
      }
    }
    return asked.answer() == ChannelTerminal.Answer.GIVEN;
  }

  /// Whether the server has said that it gives no terminal.
  public boolean terminalRefused() {
    return terminal.stream().anyMatch(asked -> asked.answer() == ChannelTerminal.Answer.REFUSED);
  }

  /// Sends the command, with what is ready of its input behind it. From the moment this is called
  /// the command may run.
  ///
  /// @param environment requests as `ssh` would make them for the user's configuration
  /// @throws IOException if the master is gone; the command may have been sent
  public void start(SessionRequests environment, LoginShell.Line line) throws IOException {
    begun = Began.now();
    state.begin(ChannelState.Program.COMMAND);
    if (!shellWaits()) {
      exec(environment, line.command());
    }
    input.begin(line.head(), line.stdin());
    var _ = input.feed();
    socket.flush();
  }

  /// Waits for the command's end, giving its output to the sink as it comes.
  ///
  /// @param drain how long the output may be silent after the end, if something still holds it open
  /// @throws IOException if the master is gone or does not speak as one
  /// @throws UncheckedIOException if the input that the command is to read cannot be read itself
  public Wake await(Deadline deadline, Duration drain, Sink sink) throws IOException {
    while (true) {
      boolean more = receive(sink);
      if (state.isOver() || (isEnded() && rest.isNotTheCommands(deadline))) {
        return Wake.OVER;
      }
      input.requireReadable();
      boolean unsent = input.feed();
      terminal.ifPresent(shown -> shown.resize(socket.out(), theirs));
      socket.flush();
      if (Thread.interrupted()) {
        return Wake.INTERRUPTED;
      }
      if (cancelled) {
        cancelled = false;
        return Wake.CANCELLED;
      }
      for (Wake answer : List.of(Wake.SIGNAL_REFUSED, Wake.ALIVE)) {
        if (answers.remove(answer)) {
          return answer;
        }
      }
      if (!isEnded() && deadline.isPast()) {
        return Wake.TIME_UP;
      }
      // No event of the socket wakes this thread for the room that the flush has made.
      if (more || (unsent && input.hasRoom())) {
        continue;
      }
      if (isEnded()) {
        awaitRest(drain);
      } else {
        socket.await(deadline.nanosLeft());
      }
    }
  }

  /// Asks the server for a sign of life once the output has been silent for long enough.
  private void awaitRest(Duration drain) throws IOException {
    boolean asked = unanswered.contains(Asked.SIGN_OF_LIFE);
    Duration bound = asked ? RestOfOutput.SIGN_BOUND : drain;
    long begin = System.nanoTime();
    socket.await(bound.toNanos());
    long waited = System.nanoTime() - begin;
    rest.waited(waited);
    if (waited < bound.toNanos()) {
      return;
    }
    if (asked) {
      rest.unanswered();
    } else {
      askWhetherAlive(Asked.SIGN_OF_LIFE);
    }
  }

  private void askWhetherAlive(Asked purpose) {
    socket.out().request(theirs, "keepalive@openssh.com", WantReply.YES);
    unanswered.add(purpose);
  }

  /// Asks the server for a sign of life; its answer makes [#await] return [Wake#ALIVE].
  public void ping() throws IOException {
    askWhetherAlive(Asked.PING);
    socket.flush();
  }

  private boolean isEnded() {
    return state.ended().isPresent();
  }

  /// Takes what one read gives, so that the deadline is looked at in between.
  ///
  /// @return whether there may be more without waiting
  private boolean receive(Sink sink) throws IOException {
    return socket.receive(ours, message -> handle(message, sink));
  }

  private void handle(ChannelMessage message, Sink sink) throws IOException {
    switch (message) {
      case ChannelMessage.Data(int recipient, ByteBuffer bytes) -> give(bytes, sink::stdout);
      case ChannelMessage.ExtendedData(int recipient, int code, ByteBuffer bytes) ->
          give(
              bytes,
              code == ChannelMessage.EXTENDED_DATA_STDERR ? sink::stderr : Sink.DISCARD::stderr);
      case ChannelMessage.ExitStatus(int recipient, int status) ->
          state.ended(new Ended.Exited(status));
      case ChannelMessage.ExitSignal(int recipient, String name) ->
          state.ended(new Ended.Signaled(name));
      case ChannelMessage.WindowAdjust(int recipient, long bytes) -> input.mayTake(bytes);
      case ChannelMessage.Eof(int recipient) -> state.eofCame();
      case ChannelMessage.Close(int recipient) -> state.closeCame();
      case ChannelMessage.OtherRequest(int recipient, boolean wantsReply) -> {
        if (wantsReply) {
          socket.out().bare(ChannelMessage.CHANNEL_FAILURE, theirs);
        }
      }
      case ChannelMessage.Success(int recipient) -> answered(true);
      case ChannelMessage.Failure(int recipient) -> answered(false);
      case ChannelMessage.OpenConfirmation confirmation ->
          throw new ProtocolException("a second confirmation of one channel");
      case ChannelMessage.OpenFailure failure ->
          throw new ProtocolException("a refusal of a channel that is open");
    }
  }

  private void answered(boolean success) {
    if (unanswered.isEmpty()) {
      return;
    }
    switch (unanswered.remove()) {
      case START -> {
        if (!success) {
          state.refused();
        }
      }
      case TERMINAL ->
          terminal.ifPresent(asked ->
              asked.answered(
                  success ? ChannelTerminal.Answer.GIVEN : ChannelTerminal.Answer.REFUSED));
      case SIGNAL -> {
        if (!success) {
          answers.add(Wake.SIGNAL_REFUSED);
        }
      }
      case PING -> answers.add(Wake.ALIVE);
      case SIGN_OF_LIFE -> {
        if (rest.isToBeAskedAgain()) {
          askWhetherAlive(Asked.SIGN_OF_LIFE);
        }
      }
    }
  }

  /// The window opens again only for what the sink has taken: that is the back-pressure.
  private void give(ByteBuffer bytes, Consumer<ByteBuffer> sink) {
    int count = bytes.remaining();
    rest.came(isEnded() ? count : 0);
    sink.accept(bytes);
    owed += count;
    if (owed >= OPENED_AGAIN_BYTES && !state.isClosed()) {
      socket.out().windowAdjust(theirs, owed);
      owed = 0;
    }
  }

  /// Asks the server to send a signal to the command's process group (RFC 4254 section 6.9).
  ///
  /// @param name without `SIG`
  public void signal(String name) throws IOException {
    socket.out().request(theirs, "signal", WantReply.YES, name);
    unanswered.add(Asked.SIGNAL);
    socket.flush();
  }

  /// Makes [#await] return [Wake#CANCELLED], now or when it is called next.
  public void cancel() {
    cancelled = true;
    socket.wakeup();
  }

  /// How the command ended; empty while it runs, or where the server did not say.
  public Optional<Ended> ended() {
    return state.ended();
  }

  /// When the command was sent, at the latest.
  public Began begun() {
    return begun;
  }

  /// Whether the server refused to start the command: nothing ran then.
  public boolean refused() {
    return state.isRefused();
  }

  /// Whether the output was read to its end.
  public OutputEnd output() {
    return state.output();
  }

  /// Ends the thread that reads the input. Nothing is sent.
  public void closeInput() {
    input.close();
  }

  /// Lets go of the channel: the one CLOSE, with nothing of this channel's behind it. The socket is
  /// free for another channel then.
  public MuxSocket end() {
    closeInput();
    socket.out().bare(ChannelMessage.CHANNEL_CLOSE, theirs);
    return socket;
  }
}
