package initrunner.runtime.ports;

import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Takes a server's answer in HTTP/1 as it arrives, up to a bound. It throws [EnoughException] once
/// it wants no more: at the end of the page, at the bound, and where the server speaks something
/// else. One thread writes; read it after the connection.
final class PageReply implements Sink {

  private static final int MOST_HEAD_BYTES = 64 * 1024;
  private static final int MOST_SIZE_CHARACTERS = 64;

  /// What the next byte is.
  private enum Next {
    HEAD,
    /// Of a body that ends with the connection.
    REST,
    /// Of a body, or of a chunk of one, whose length is known.
    COUNTED,
    /// Of the line with a chunk's size.
    SIZE,
    /// Behind a chunk.
    CHUNK_END
  }

  /// No more of the answer is wanted.
  static final class EnoughException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private EnoughException() {
      super("", null, false, false);
    }
  }

  private final int maxBytes;
  private final ByteArrayOutputStream start = new ByteArrayOutputStream();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final StringBuilder size = new StringBuilder();
  private Optional<PageHead> head = Optional.empty();
  private Next next = Next.HEAD;
  private long left;
  private boolean chunked;
  private boolean whole;
  private boolean cut;

  /// @param maxBytes of the body that are kept
  PageReply(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      switch (next) {
        case HEAD -> head(bytes.get());
        case REST -> keep(bytes, bytes.remaining());
        case COUNTED -> counted(bytes);
        case SIZE -> size(bytes.get());
        case CHUNK_END -> chunkEnd(bytes.get());
      }
    }
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    bytes.position(bytes.limit());
  }

  private void head(byte each) {
    start.write(each);
    if (each != '\n') {
      if (start.size() >= MOST_HEAD_BYTES) {
        throw new EnoughException();
      }
      return;
    }
    String text = start.toString(StandardCharsets.ISO_8859_1);
    if (!text.startsWith("HTTP/1.")) {
      throw new EnoughException();
    }
    if (text.endsWith("\n\r\n") || text.endsWith("\n\n")) {
      headEnds(PageHead.parse(text.strip()).orElseThrow(EnoughException::new));
    }
  }

  private void headEnds(PageHead found) {
    start.reset();
    if (found.isInterim()) {
      return;
    }
    head = Optional.of(found);
    if (found.hasNoBody() || found.length().orElse(1) == 0) {
      end();
    }
    chunked = found.isChunked();
    left = found.length().orElse(0);
    next = chunked ? Next.SIZE : found.length().isPresent() ? Next.COUNTED : Next.REST;
  }

  private void counted(ByteBuffer bytes) {
    int count = (int) Math.min(left, bytes.remaining());
    left -= count;
    keep(bytes, count);
    if (left == 0) {
      if (!chunked) {
        end();
      }
      next = Next.CHUNK_END;
    }
  }

  private void size(byte each) {
    if (each != '\n') {
      size.append((char) (each & 0xFF));
      if (size.length() > MOST_SIZE_CHARACTERS) {
        throw new EnoughException();
      }
      return;
    }
    String digits = size.toString().split(";", 2)[0].strip();
    size.setLength(0);
    try {
      left = Long.parseLong(digits, 16);
    } catch (NumberFormatException noSize) {
      throw new EnoughException();
    }
    if (left == 0) {
      end();
    }
    if (left < 0) {
      throw new EnoughException();
    }
    next = Next.COUNTED;
  }

  private void chunkEnd(byte each) {
    if (each == '\n') {
      next = Next.SIZE;
    }
  }

  private void keep(ByteBuffer bytes, int count) {
    int kept = Math.min(count, maxBytes - body.size());
    byte[] part = new byte[kept];
    bytes.get(part);
    body.writeBytes(part);
    if (kept < count) {
      cut = true;
      throw new EnoughException();
    }
  }

  private void end() {
    whole = true;
    throw new EnoughException();
  }

  /// Empty where no answer in HTTP/1 came whole as far as its body.
  Optional<PageHead> head() {
    return head;
  }

  /// What came of the body.
  byte[] body() {
    return body.toByteArray();
  }

  /// What came in place of a head.
  String otherStart() {
    return start.toString(StandardCharsets.ISO_8859_1);
  }

  /// Whether the body is longer than what is kept.
  boolean isCut() {
    return cut;
  }

  /// Whether the server has said that this is all. An answer may also end with its connection.
  boolean isWhole() {
    return whole || (next == Next.REST && !cut);
  }
}
