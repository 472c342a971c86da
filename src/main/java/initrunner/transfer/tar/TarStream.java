package initrunner.transfer.tar;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Iterator;

/// An archive that is made while it is read. For one thread at a time.
public final class TarStream extends InputStream {

  private static final int END_BLOCKS = 2;

  /// A member with its content.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Member(TarMember header, byte[] content) {}

  private final Iterator<Member> members;
  private final ArrayDeque<byte[]> parts = new ArrayDeque<>();
  private int at;
  private boolean ended;

  /// @param members made one after the other, each when the one before it has been read
  public TarStream(Iterator<Member> members) {
    this.members = members;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    int filled = 0;
    while (filled < length && hasPart()) {
      byte[] part = parts.element();
      int count = Math.min(length - filled, part.length - at);
      System.arraycopy(part, at, buffer, offset + filled, count);
      filled += count;
      at += count;
      if (at == part.length) {
        parts.remove();
        at = 0;
      }
    }
    return filled == 0 && length > 0 ? -1 : filled;
  }

  private boolean hasPart() {
    while (parts.isEmpty() && !ended) {
      if (members.hasNext()) {
        Member member = members.next();
        int size = member.content().length;
        add(member.header().header());
        add(member.content());
        add(new byte[(int) TarMember.padded(size) - size]);
      } else {
        ended = true;
        add(new byte[END_BLOCKS * TarMember.BLOCK_BYTES]);
      }
    }
    return !parts.isEmpty();
  }

  private void add(byte[] part) {
    if (part.length > 0) {
      parts.add(part);
    }
  }
}
