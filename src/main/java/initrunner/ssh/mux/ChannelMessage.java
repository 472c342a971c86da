package initrunner.ssh.mux;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A message of the SSH connection protocol (RFC 4254 section 5 and 6) as it comes from a master in
/// proxy mode. Byte buffers are views of the receive buffer: valid until the next read.
public sealed interface ChannelMessage {

  int CHANNEL_OPEN = 90;
  int CHANNEL_OPEN_CONFIRMATION = 91;
  int CHANNEL_OPEN_FAILURE = 92;
  int CHANNEL_WINDOW_ADJUST = 93;
  int CHANNEL_DATA = 94;
  int CHANNEL_EXTENDED_DATA = 95;
  int CHANNEL_EOF = 96;
  int CHANNEL_CLOSE = 97;
  int CHANNEL_REQUEST = 98;
  int CHANNEL_SUCCESS = 99;
  int CHANNEL_FAILURE = 100;

  /// `SSH_EXTENDED_DATA_STDERR`.
  int EXTENDED_DATA_STDERR = 1;

  /// Our number of the channel that it is about.
  int recipient();

  record OpenConfirmation(int recipient, int sender, long windowBytes, int maxPacketBytes)
      implements ChannelMessage {}

  record OpenFailure(int recipient, int reason, String description) implements ChannelMessage {}

  record WindowAdjust(int recipient, long bytes) implements ChannelMessage {}

  record Data(int recipient, ByteBuffer bytes) implements ChannelMessage {}

  record ExtendedData(int recipient, int code, ByteBuffer bytes) implements ChannelMessage {}

  record Eof(int recipient) implements ChannelMessage {}

  record Close(int recipient) implements ChannelMessage {}

  record ExitStatus(int recipient, int status) implements ChannelMessage {}

  record ExitSignal(int recipient, String name) implements ChannelMessage {}

  /// A request that asks for nothing of ours, as `eow@openssh.com`.
  record OtherRequest(int recipient, boolean wantsReply) implements ChannelMessage {}

  record Success(int recipient) implements ChannelMessage {}

  record Failure(int recipient) implements ChannelMessage {}

  /// Reads one frame's content: a padding byte, the message number, the payload.
  ///
  /// @throws ProtocolException if that is no message of ours
  static ChannelMessage decode(ByteBuffer frame) throws ProtocolException {
    try {
      frame.get();
      int type = frame.get() & 0xFF;
      int recipient = frame.getInt();
      return switch (type) {
        case CHANNEL_OPEN_CONFIRMATION ->
            new OpenConfirmation(
                recipient,
                frame.getInt(),
                unsigned(frame),
                (int) Math.min(unsigned(frame), Integer.MAX_VALUE));
        case CHANNEL_OPEN_FAILURE -> new OpenFailure(recipient, frame.getInt(), text(frame));
        case CHANNEL_WINDOW_ADJUST -> new WindowAdjust(recipient, unsigned(frame));
        case CHANNEL_DATA -> new Data(recipient, string(frame));
        case CHANNEL_EXTENDED_DATA -> new ExtendedData(recipient, frame.getInt(), string(frame));
        case CHANNEL_EOF -> new Eof(recipient);
        case CHANNEL_CLOSE -> new Close(recipient);
        case CHANNEL_REQUEST -> request(recipient, frame);
        case CHANNEL_SUCCESS -> new Success(recipient);
        case CHANNEL_FAILURE -> new Failure(recipient);
        default -> throw new ProtocolException("message " + type + " is none of a channel's");
      };
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new ProtocolException("a message is shorter than it says");
    }
  }

  private static ChannelMessage request(int recipient, ByteBuffer frame) {
    String type = text(frame);
    boolean wantsReply = frame.get() != 0;
    return switch (type) {
      case "exit-status" -> new ExitStatus(recipient, frame.getInt());
      case "exit-signal" -> new ExitSignal(recipient, text(frame));
      default -> new OtherRequest(recipient, wantsReply);
    };
  }

  private static long unsigned(ByteBuffer frame) {
    return Integer.toUnsignedLong(frame.getInt());
  }

  private static ByteBuffer string(ByteBuffer frame) {
    int length = frame.getInt();
    ByteBuffer bytes = frame.slice(frame.position(), length);
    frame.position(frame.position() + length);
    return bytes;
  }

  private static String text(ByteBuffer frame) {
    return StandardCharsets.UTF_8.decode(string(frame)).toString();
  }
}
