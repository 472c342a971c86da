package initrunner.ssh.mux;

import initrunner.exec.transport.PortAddress;
import java.io.IOException;
import java.util.Optional;

/// A connection to a port of the host whose CHANNEL_OPEN is on its way. As for an [OpeningChannel],
/// no thread may close or use its socket until the answer is there.
public final class OpeningStream {

  private final MuxSocket socket;
  private final int ours;

  private OpeningStream(MuxSocket socket, int ours) {
    this.socket = socket;
    this.ours = ours;
  }

  /// What the server said.
  public sealed interface Answer {

    record Opened(StreamChannel channel) implements Answer {}

    /// No connection. The socket may carry another open later, and must not be closed.
    ///
    /// @param reason a number of RFC 4254 section 5.1
    record Refused(int reason, String description) implements Answer {

      private static final int CONNECT_FAILED = 2;

      /// Whether the server tried it, and the port did not take the connection.
      public boolean isOfThePort() {
        return reason == CONNECT_FAILED;
      }
    }

    /// Not yet, when the caller's patience was at its end or its thread was interrupted (whose flag
    /// is set).
    record Pending() implements Answer {}
  }

  /// Asks for a connection, behind what waits on the socket.
  public static OpeningStream ask(MuxSocket socket, PortAddress to) throws IOException {
    int ours = socket.newChannel();
    socket
        .out()
        .openPort(
            ours, ExecChannel.WINDOW_BYTES, ExecChannel.MAX_PACKET_BYTES, to.host(), to.port());
    socket.flush();
    return new OpeningStream(socket, ours);
  }

  public MuxSocket socket() {
    return socket;
  }

  /// Waits for the answer; may be called again after [Answer.Pending].
  ///
  /// @throws IOException if the master is gone or does not speak as one
  public Answer await(Patience patience) throws IOException {
    while (true) {
      Optional<ChannelMessage> message = socket.next();
      if (message.isPresent()) {
        if (message.get().recipient() == ours) {
          return answer(message.get());
        }
        continue;
      }
      socket.flush();
      if (patience.isOver()) {
        return new Answer.Pending();
      }
      socket.await(patience.nanos());
    }
  }

  private Answer answer(ChannelMessage message) throws ProtocolException {
    return switch (message) {
      case ChannelMessage.OpenConfirmation opened ->
          new Answer.Opened(new StreamChannel(socket, opened));
      case ChannelMessage.OpenFailure(int recipient, int reason, String description) ->
          new Answer.Refused(reason, description);
      default -> throw new ProtocolException("a message that does not answer the open");
    };
  }
}
