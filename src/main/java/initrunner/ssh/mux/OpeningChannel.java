package initrunner.ssh.mux;

import initrunner.ssh.shell.LoginShell;
import java.io.IOException;
import java.util.Optional;

/// A session channel whose CHANNEL_OPEN is on its way. No thread may close or use its socket until
/// the answer is there: closing it now would end the master, with all calls on it.
public final class OpeningChannel {

  /// The answer is there already.
  private static final int NO_CHANNEL = -1;

  private final MuxSocket socket;
  private final int ours;
  private final int others;
  private Optional<Answer> known;

  private OpeningChannel(MuxSocket socket, int ours, int others, Optional<Answer> known) {
    this.socket = socket;
    this.ours = ours;
    this.others = others;
    this.known = known;
  }

  /// What the server said.
  public sealed interface Answer {

    record Opened(ExecChannel channel) implements Answer {}

    /// No session for us. The socket may carry another open later, and must not be closed.
    ///
    /// @param others how many other sessions were in use when this one was asked for
    record Refused(MuxSocket socket, int others) implements Answer {}

    /// Not yet, when the caller's patience was at its end or its thread was interrupted (whose flag
    /// is set).
    record Pending() implements Answer {}
  }

  /// Asks for a channel, behind what waits on the socket.
  ///
  /// @param others how many other sessions are in use on this master
  public static OpeningChannel ask(MuxSocket socket, int others) throws IOException {
    int ours = socket.newChannel();
    socket.out().open(ours, ExecChannel.WINDOW_BYTES, ExecChannel.MAX_PACKET_BYTES);
    socket.flush();
    return new OpeningChannel(socket, ours, others, Optional.empty());
  }

  /// One whose answer has come, to be kept for another caller.
  public static OpeningChannel opened(ExecChannel channel) {
    return new OpeningChannel(
        channel.socket(), NO_CHANNEL, 0, Optional.of(new Answer.Opened(channel)));
  }

  /// For [initrunner.ssh.master.PooledMaster], once the master has ended.
  public MuxSocket socket() {
    return socket;
  }

  /// Waits for the answer; may be called again after [Answer.Pending].
  ///
  /// @throws IOException if the master is gone or does not speak as one
  public Answer await(Patience patience) throws IOException {
    while (true) {
      if (isAnswered()) {
        return known.get();
      }
      socket.flush();
      if (patience.isOver()) {
        return new Answer.Pending();
      }
      socket.await(patience.nanos());
    }
  }

  /// Has a shell started on the channel that waits for its command, if the channel is open by now.
  /// Does not wait.
  ///
  /// @return whether the server had answered
  /// @throws IOException if the master is gone or does not speak as one
  public boolean startShell(SessionRequests requests, LoginShell shell) throws IOException {
    boolean answered = isAnswered();
    if (answered && known.get() instanceof Answer.Opened(ExecChannel channel)) {
      channel.startShell(requests, shell);
    }
    return answered;
  }

  public boolean shellWaits() {
    return known.isPresent()
        && known.get() instanceof Answer.Opened(ExecChannel channel)
        && channel.shellWaits();
  }

  private boolean isAnswered() throws IOException {
    while (known.isEmpty()) {
      Optional<ChannelMessage> message = socket.next();
      if (message.isEmpty()) {
        return false;
      }
      if (message.get().recipient() == ours) {
        known = Optional.of(answer(message.get()));
      }
    }
    return true;
  }

  private Answer answer(ChannelMessage message) throws ProtocolException {
    return switch (message) {
      case ChannelMessage.OpenConfirmation opened ->
          new Answer.Opened(new ExecChannel(socket, opened));
      case ChannelMessage.OpenFailure failure -> new Answer.Refused(socket, others);
      default -> throw new ProtocolException("a message that does not answer the open");
    };
  }
}
