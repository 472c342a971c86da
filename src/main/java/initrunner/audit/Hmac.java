package initrunner.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// HMAC-SHA256 (RFC 2104). Immutable.
///
/// The JDK's own `Mac` initialises its whole security framework first, which takes longer than a
/// start of `exec` has time for; its digest does not.
final class Hmac {

  private static final int BLOCK_BYTES = 64;
  private static final byte INNER_PAD = 0x36;
  private static final byte OUTER_PAD = 0x5C;

  /// Have taken in the padded key, and are only ever cloned.
  private final MessageDigest inner;

  private final MessageDigest outer;

  Hmac(byte[] key) {
    byte[] block =
        Arrays.copyOf(key.length > BLOCK_BYTES ? sha256().digest(key) : key, BLOCK_BYTES);
    inner = sha256();
    inner.update(padded(block, INNER_PAD));
    outer = sha256();
    outer.update(padded(block, OUTER_PAD));
  }

  private static byte[] padded(byte[] block, byte pad) {
    byte[] padded = new byte[BLOCK_BYTES];
    for (int i = 0; i < BLOCK_BYTES; i++) {
      padded[i] = (byte) (block[i] ^ pad);
    }
    return padded;
  }

  /// The code of this text's UTF-8, in lower-case hexadecimal digits.
  String sign(String text) {
    byte[] first = copy(inner).digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(copy(outer).digest(first));
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every Java platform's SHA-256 can be cloned", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
