package initrunner.runtime.terminals;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A message between a process that has a terminal open and a person who attaches to it: a byte for
/// its kind, four for its length, and its content.
///
/// @param content not copied
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AttachFrame(Kind kind, byte[] content) {

  /// What a message says.
  public enum Kind {
    /// About the terminal: its id, command and host, and who has taken it over, a line each.
    ABOUT,
    /// Bytes for the person's terminal.
    PAINT,
    /// The terminal is closed; how, in a line.
    OVER,
    /// The size of the person's terminal: columns, a blank, rows.
    SIZE,
    /// What the person types.
    KEYS,
    /// The person gives the terminal back.
    GIVE
  }

  private static final int HEAD_BYTES = 1 + Integer.BYTES;
  private static final int MOST_BYTES = 4 << 20;
  private static final Kind[] KINDS = Kind.values();

  public static AttachFrame of(Kind kind, String content) {
    return new AttachFrame(kind, content.getBytes(StandardCharsets.UTF_8));
  }

  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  /// Sends it. Blocks; one thread of a channel at a time sends.
  public void send(SocketChannel channel) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + content.length);
    frame.put((byte) kind.ordinal()).putInt(content.length).put(content).flip();
    while (frame.hasRemaining()) {
      channel.write(frame);
    }
  }

  /// Receives one. Blocks; one thread of a channel at a time receives.
  ///
  /// @return empty at the end
  /// @throws IOException if what comes is no message
  public static Optional<AttachFrame> receive(SocketChannel channel) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    if (!fill(channel, head)) {
      return Optional.empty();
    }
    int kind = head.get();
    int length = head.getInt();
    if (kind < 0 || kind >= KINDS.length || length < 0 || length > MOST_BYTES) {
      throw new IOException("no message of a terminal");
    }
    ByteBuffer content = ByteBuffer.allocate(length);
    if (!fill(channel, content)) {
      throw new EOFException("a message of a terminal is cut");
    }
    return Optional.of(new AttachFrame(KINDS[kind], content.array()));
  }

  private static boolean fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }
}
