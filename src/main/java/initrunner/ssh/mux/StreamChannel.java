package initrunner.ssh.mux;

import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// One channel that is a TCP connection from the host to a port (`direct-tcpip`, RFC 4254 section
/// 7.2). It is no session, so the server counts it to none.
///
/// One thread drives it: [#begin], then [#await] as often as it likes, then [#end] once. It waits
/// in [#await] only, which an interrupt ends; the channel is usable after that. [#cancel] may be
/// called by any thread.
public final class StreamChannel {

  /// The window opens again by so much.
  private static final int OPENED_AGAIN_BYTES = ExecChannel.WINDOW_BYTES / 8;

  /// Why [#await] returned.
  public enum Wake {
    /// The far side has sent its end.
    OVER,
    TIME_UP,
    INTERRUPTED,
    /// [#cancel] was called.
    CANCELLED
  }

  private final MuxSocket socket;
  private final int ours;
  private final int theirs;
  private final ChannelInput input;
  private int owed;
  private boolean over;
  private volatile boolean cancelled;

  StreamChannel(MuxSocket socket, ChannelMessage.OpenConfirmation opened) {
    this.socket = socket;
    this.ours = opened.recipient();
    this.theirs = opened.sender();
    this.input = new ChannelInput(socket, opened);
  }

  public MuxSocket socket() {
    return socket;
  }

  /// From now on this is sent to the far side, as it comes.
  public void begin(Stdin sent) {
    input.begin("", sent);
  }

  /// Waits until the far side has sent its end, giving what comes to the sink's standard output.
  ///
  /// @throws IOException if the master is gone or does not speak as one
  /// @throws UncheckedIOException if what is to be sent cannot be read
  public Wake await(Deadline deadline, Sink sink) throws IOException {
    while (true) {
      boolean more = receive(sink);
      if (over) {
        return Wake.OVER;
      }
      input.requireReadable();
      boolean unsent = input.feed();
      socket.flush();
      if (Thread.interrupted()) {
        return Wake.INTERRUPTED;
      }
      if (cancelled) {
        cancelled = false;
        return Wake.CANCELLED;
      }
      if (deadline.isPast()) {
        return Wake.TIME_UP;
      }
      // No event of the socket wakes this thread for the room that the flush has made.
      if (!more && !(unsent && input.hasRoom())) {
        socket.await(deadline.nanosLeft());
      }
    }
  }

  /// @return whether there may be more without waiting
  private boolean receive(Sink sink) throws IOException {
    return socket.receive(ours, message -> handle(message, sink));
  }

  private void handle(ChannelMessage message, Sink sink) throws IOException {
    switch (message) {
      case ChannelMessage.Data(int recipient, ByteBuffer bytes) -> give(bytes, sink);
      case ChannelMessage.WindowAdjust(int recipient, long bytes) -> input.mayTake(bytes);
      case ChannelMessage.Eof _, ChannelMessage.Close _ -> over = true;
      case ChannelMessage.OtherRequest(int recipient, boolean wantsReply) -> {
        if (wantsReply) {
          socket.out().bare(ChannelMessage.CHANNEL_FAILURE, theirs);
        }
      }
      case ChannelMessage.ExtendedData _,
          ChannelMessage.ExitStatus _,
          ChannelMessage.ExitSignal _,
          ChannelMessage.Success _,
          ChannelMessage.Failure _ -> {}
      case ChannelMessage.OpenConfirmation _, ChannelMessage.OpenFailure _ ->
          throw new ProtocolException("a second answer to one open");
    }
  }

  /// The window opens again only for what the sink has taken: that is the back-pressure.
  private void give(ByteBuffer bytes, Sink sink) {
    int count = bytes.remaining();
    sink.stdout(bytes);
    owed += count;
    if (owed >= OPENED_AGAIN_BYTES) {
      socket.out().windowAdjust(theirs, owed);
      owed = 0;
    }
  }

  /// Makes [#await] return [Wake#CANCELLED], now or when it is called next.
  public void cancel() {
    cancelled = true;
    socket.wakeup();
  }

  /// Whether all that the far side sent has come.
  public OutputEnd output() {
    return over ? OutputEnd.COMPLETE : OutputEnd.CUT;
  }

  /// Ends the thread that reads what is to be sent. Nothing is sent.
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
