package initrunner.runtime.terminals;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A message between a process that has a terminal open and a person who attaches to it: a byte for
/// its kind, four for its length, and its content.
///
/// @param content not copied
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AttachFrame(Kind kind, byte[] content) {

  /// What a message says.
  public enum Kind {
    /// About the terminal: its id, command, host and agent, and who has taken it over, a line each.
    ABOUT('a'),
    /// Bytes for the person's terminal.
    PAINT('p'),
    /// The terminal is closed; how, in a line.
    OVER('o'),
    /// The size of the person's terminal: columns, a blank, rows.
    SIZE('s'),
    /// What the person types.
    KEYS('k'),
    /// The person gives the terminal back.
    GIVE('g');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }

    private static Optional<Kind> of(byte letter) {
      return Arrays.stream(values()).filter(kind -> kind.letter == letter).findFirst();
    }
  }

  private static final int HEAD_BYTES = 1 + Integer.BYTES;
  private static final int MOST_BYTES = 4 << 20;

  public static AttachFrame of(Kind kind, String content) {
    return new AttachFrame(kind, content.getBytes(StandardCharsets.UTF_8));
  }

  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  /// Sends it. Blocks; one thread of a channel at a time sends.
  public void send(SocketChannel channel) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + content.length);
    frame.put((byte) kind.letter).putInt(content.length).put(content).flip();
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
    Optional<Kind> kind = Kind.of(head.get());
    int length = head.getInt();
    if (kind.isEmpty() || length < 0 || length > MOST_BYTES) {
      throw new IOException("no message of a terminal");
    }
    ByteBuffer content = ByteBuffer.allocate(length);
    if (!fill(channel, content)) {
      throw new EOFException("a message of a terminal is cut");
    }
    return Optional.of(new AttachFrame(kind.get(), content.array()));
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
