package initrunner.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/// A key and what it signs: HMAC-SHA256 (RFC 2104). Immutable, safe for many threads.
///
/// The JDK's own `Mac` first initialises its whole security framework, which is too slow for the
/// start of `exec`; its digest does not.
public final class Hmac {

  private static final int BLOCK_BYTES = 64;
  private static final byte INNER_PAD = 0x36;
  private static final byte OUTER_PAD = 0x5C;

  /// Both have taken in the padded key, and are only ever copied.
  private final MessageDigest inner;

  private final MessageDigest outer;

  /// Takes a copy of the key.
  public Hmac(byte[] key) {
    byte[] block =
        Arrays.copyOf(key.length > BLOCK_BYTES ? Sha256.digest().digest(key) : key, BLOCK_BYTES);
    inner = padded(block, INNER_PAD);
    outer = padded(block, OUTER_PAD);
  }

  private static MessageDigest padded(byte[] block, byte pad) {
    MessageDigest digest = Sha256.digest();
    for (byte each : block) {
      digest.update((byte) (each ^ pad));
    }
    return digest;
  }

  /// The code of this text's UTF-8, in lower-case hexadecimal digits.
  public String sign(String text) {
    byte[] first = Sha256.copy(inner).digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Sha256.copy(outer).digest(first));
  }
}
