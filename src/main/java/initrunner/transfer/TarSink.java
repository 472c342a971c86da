package initrunner.transfer;

import initrunner.exec.Sink;
import initrunner.text.SafeText;
import initrunner.transfer.tar.TarMember;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads the archives that a host's `tar` prints, one behind the other (POSIX ustar and pax, GNU
/// long names). The host is not trusted: only members that were asked for are taken, each once, and
/// nothing is larger than it may be. For one call and one thread.
final class TarSink implements Sink {

  private static final int MOST_NAME_BYTES = 64 << 10;
  private static final int MOST_COMPLAINT_BYTES = 2000;

  /// More than any tar fills its last record up with.
  private static final int MOST_ZERO_BLOCKS = 1 << 16;

  private final Arrivals arrivals;
  private final byte[] header = new byte[TarMember.BLOCK_BYTES];
  private int headerBytes;
  private int zeroBlocks;

  private long bodyBytes;
  private long padding;
  private Optional<byte[]> text = Optional.empty();
  private int textBytes;
  private Optional<String> longName = Optional.empty();
  private Optional<Long> longSize = Optional.empty();
  private char textType;
  private boolean isFile;
  private final StringBuilder complaint = new StringBuilder();

  /// @param arrivals takes the files
  TarSink(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  /// What `tar` complained of, safe to show.
  String complaint() {
    return SafeText.said(complaint.toString());
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    if (complaint.length() < MOST_COMPLAINT_BYTES) {
      complaint.append(StandardCharsets.UTF_8.decode(bytes));
    }
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (bodyBytes > 0) {
        takeBody(bytes);
      } else if (padding > 0) {
        int count = (int) Math.min(padding, bytes.remaining());
        bytes.position(bytes.position() + count);
        padding -= count;
      } else {
        takeHeader(bytes);
      }
    }
  }

  private void takeBody(ByteBuffer bytes) {
    int count = (int) Math.min(bodyBytes, bytes.remaining());
    if (text.isPresent()) {
      bytes.get(text.get(), textBytes, count);
      textBytes += count;
    } else {
      ByteBuffer part = bytes.slice(bytes.position(), count);
      bytes.position(bytes.position() + count);
      if (isFile) {
        arrivals.content(part);
      }
    }
    bodyBytes -= count;
    if (bodyBytes == 0) {
      endBody();
    }
  }

  private void endBody() {
    if (text.isPresent()) {
      takeText(text.get());
      text = Optional.empty();
    } else if (isFile) {
      arrivals.end();
      isFile = false;
    }
  }

  private void takeHeader(ByteBuffer bytes) {
    int count = Math.min(header.length - headerBytes, bytes.remaining());
    bytes.get(header, headerBytes, count);
    headerBytes += count;
    if (headerBytes == header.length) {
      headerBytes = 0;
      if (!isZero(header)) {
        zeroBlocks = 0;
        member();
      } else if (++zeroBlocks > MOST_ZERO_BLOCKS) {
        throw refused("an archive without an end");
      }
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte each : block) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private void member() {
    requireSum();
    long size = TarMember.size(header);
    char type = (char) (header[TarMember.TYPE_AT] & 0xFF);
    if (type == 'L' || type == 'K' || type == 'x' || type == 'g') {
      if (size < 0 || size > MOST_NAME_BYTES) {
        throw refused("a header of " + size + " bytes");
      }
      textType = type;
      text = Optional.of(new byte[(int) size]);
      textBytes = 0;
      begin(size);
      return;
    }
    long own = longSize.orElse(size);
    String name = longName.orElseGet(() -> TarMember.name(header));
    longName = Optional.empty();
    longSize = Optional.empty();
    if (own < 0 || own > Arrivals.MOST_MEMBER_BYTES) {
      throw refused("a file of " + own + " bytes in place of a smaller one");
    }
    TreePath path =
        TreePath.of(withoutSlashes(name))
            .orElseThrow(() -> refused("the name " + SafeText.quoted(name)));
    switch (type) {
      case '0', '\0', '7' -> {
        isFile = true;
        arrivals.begin(path, own);
        begin(own);
      }
      case '1' -> arrivals.link(path, TreePath.of(withoutSlashes(TarMember.target(header))));
      default -> {
        arrivals.other(path);
        begin(own);
      }
    }
  }

  private void begin(long size) {
    bodyBytes = size;
    padding = TarMember.padded(size) - size;
    if (size == 0) {
      endBody();
    }
  }

  private static String withoutSlashes(String name) {
    String own = name.startsWith("./") ? name.substring(2) : name;
    return own.endsWith("/") ? own.substring(0, own.length() - 1) : own;
  }

  private void requireSum() {
    if (!TarMember.isSumRight(header)) {
      throw refused("bytes that are no archive");
    }
  }

  private void takeText(byte[] bytes) {
    switch (textType) {
      case 'L' -> longName = Optional.of(untilNul(bytes));
      case 'x' -> takePax(new String(bytes, StandardCharsets.ISO_8859_1));
      default -> {}
    }
  }

  private static String untilNul(byte[] bytes) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = all.indexOf('\0');
    return end < 0 ? all : all.substring(0, end);
  }

  /// Records of `LENGTH KEY=VALUE` (POSIX pax, extended header).
  private void takePax(String records) {
    int at = 0;
    while (at < records.length()) {
      int blank = records.indexOf(' ', at);
      int length;
      try {
        length = Integer.parseInt(records, at, Math.max(at, blank), 10);
      } catch (NumberFormatException e) {
        throw refused("a header that is none");
      }
      if (length <= blank - at || length > records.length() - at) {
        throw refused("a header that is none");
      }
      String record = records.substring(blank + 1, at + length - 1);
      if (record.startsWith("path=")) {
        longName = Optional.of(record.substring(5));
      } else if (record.startsWith("size=")) {
        longSize = Optional.of(number(record.substring(5)));
      }
      at += length;
    }
  }

  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw refused("a size that is none");
    }
  }

  /// Ends the reading.
  ///
  /// @return whether the last file arrived whole
  boolean isAtEnd() {
    return bodyBytes == 0 && headerBytes == 0;
  }

  static TransferException refused(String what) {
    return new TransferException(
        "the host sends " + what + ", which was not asked for",
        "Nothing was written. Do not trust this host.");
  }
}
