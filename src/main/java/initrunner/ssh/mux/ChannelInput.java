package initrunner.ssh.mux;

import initrunner.exec.Stdin;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What is sent on a channel, under the server's window (RFC 4254 section 5.2), with the end of
/// file behind it. Used by the thread that drives the channel.
final class ChannelInput {

  /// OpenSSH's master reads a frame in steps of 16 KiB at most, one for each turn of its loop
  /// (`read_mux` in `channels.c`). A packet of so many bytes takes two, with the 10 bytes in front
  /// of them; a larger one takes three.
  private static final int MAX_SENT_PACKET_BYTES = ExecChannel.MAX_PACKET_BYTES - 10;

  /// Input is put on the socket up to the one once no more than the other waits there: what waits
  /// is moved in its buffer then, if it has to be.
  private static final int SEND_AHEAD_BYTES = 192 * 1024;

  private static final int SEND_AGAIN_BYTES = 32 * 1024;

  private final MuxSocket socket;
  private final int theirs;
  private final int theirMaxPacket;
  private long theirWindow;

  /// What is still to be sent; empty before the beginning, and once the end of file was sent.
  private Optional<StdinFeed> stdin = Optional.empty();

  ChannelInput(MuxSocket socket, ChannelMessage.OpenConfirmation opened) {
    this.socket = socket;
    this.theirs = opened.sender();
    this.theirWindow = opened.windowBytes();
    this.theirMaxPacket = Math.min(opened.maxPacketBytes(), MAX_SENT_PACKET_BYTES);
  }

  /// @param head what stands in front of the input
  void begin(String head, Stdin input) {
    stdin = Optional.of(new StdinFeed(head, input, socket::wakeup));
  }

  /// The server takes so many bytes more.
  void mayTake(long bytes) {
    theirWindow += bytes;
  }

  /// @throws UncheckedIOException if the input could not be read
  void requireReadable() {
    stdin
        .flatMap(StdinFeed::takeFailure)
        .ifPresent(cause -> {
          throw new UncheckedIOException("the command's input cannot be read", cause);
        });
  }

  boolean hasRoom() {
    return socket.out().pendingBytes() < SEND_AGAIN_BYTES;
  }

  /// Puts on the socket what is ready and has room.
  ///
  /// @return whether there may be more to send, had there been room
  boolean feed() {
    if (stdin.isEmpty()) {
      return false;
    }
    if (!hasRoom()) {
      return true;
    }
    StdinFeed input = stdin.get();
    while (socket.out().pendingBytes() < SEND_AHEAD_BYTES) {
      if (input.exhausted()) {
        socket.out().bare(ChannelMessage.CHANNEL_EOF, theirs);
        stdin = Optional.empty();
        return false;
      }
      ByteBuffer piece = input.piece();
      int length = (int) Math.min(Math.min(piece.remaining(), theirMaxPacket), theirWindow);
      if (length == 0) {
        return false;
      }
      socket.out().data(theirs, piece.slice(piece.position(), length));
      piece.position(piece.position() + length);
      theirWindow -= length;
    }
    return true;
  }

  /// Ends the thread that reads the input. Nothing is sent.
  void close() {
    stdin.ifPresent(StdinFeed::close);
  }
}
