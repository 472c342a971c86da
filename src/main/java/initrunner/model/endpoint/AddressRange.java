package initrunner.model.endpoint;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// The addresses with the same first bits (RFC 4632), written as `10.0.0.0/8` or `fd00::/8`.
///
/// @param bits how many first bits the addresses share
record AddressRange(InetAddress first, int bits) {

  private static final Pattern BITS = Pattern.compile("[0-9]{1,3}");

  /// Empty if the text is not a range.
  static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !BITS.matcher(text.substring(slash + 1)).matches()) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(text.substring(slash + 1));
    return address(text.substring(0, slash))
        .filter(first -> bits <= first.getAddress().length * Byte.SIZE)
        .map(first -> new AddressRange(first, bits));
  }

  /// Whether the host is an address of the range. A name is not: it is not looked up.
  boolean holds(String host) {
    return address(host)
        .filter(other -> other.getAddress().length == first.getAddress().length)
        .filter(other -> prefix(other).equals(prefix(first)))
        .isPresent();
  }

  private BigInteger prefix(InetAddress address) {
    byte[] bytes = address.getAddress();
    return new BigInteger(1, bytes).shiftRight(bytes.length * Byte.SIZE - bits);
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
