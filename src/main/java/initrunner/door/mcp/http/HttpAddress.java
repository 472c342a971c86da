package initrunner.door.mcp.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where a server listens, and the names by which clients may call it. Immutable.
///
/// @param hosts as in a URL, in lower case and without a port; first the names that a user gave
public record HttpAddress(InetSocketAddress socket, List<String> hosts) {

  private static final Pattern WRITTEN = Pattern.compile("(\\[[^\\]]+\\]|[^:\\[\\]]+):(\\d{1,5})");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+");
  private static final int MOST_PORT = 65535;

  /// The names that mean this machine wherever they are said.
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

  public HttpAddress {
    hosts = List.copyOf(hosts);
  }

  /// Reads `ADDRESS:PORT`. No name is looked up.
  ///
  /// @param names further names by which clients may call this machine; without any, only a
  ///   loopback address is allowed
  /// @throws IllegalArgumentException with what is allowed
  public static HttpAddress of(String written, List<String> names) {
    Matcher parts = WRITTEN.matcher(written);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "--http is '"
              + written
              + "'; allowed is ADDRESS:PORT, such as 127.0.0.1:8931 (port 0 picks a free one)");
    }
    int port = Integer.parseInt(parts.group(2));
    if (port > MOST_PORT) {
      throw new IllegalArgumentException(
          "--http has port " + port + "; allowed is 0 to 65535, and 0 picks a free one");
    }
    InetAddress address = address(parts.group(1));
    if (!address.isLoopbackAddress() && names.isEmpty()) {
      throw new IllegalArgumentException(
          "--http has the address "
              + parts.group(1)
              + ", which other machines can reach; allowed is 127.0.0.1, [::1] or localhost, or add"
              + " --listen with the name by which clients call this machine");
    }
    names.forEach(HttpAddress::requireName);
    return new HttpAddress(
        new InetSocketAddress(address, port),
        Stream.of(names.stream(), Stream.of(parts.group(1)), LOOPBACK.stream())
            .flatMap(each -> each)
            .map(HttpAddress::asInUrl)
            .toList());
  }

  private static InetAddress address(String text) {
    if (text.equals("localhost")) {
      return InetAddress.ofLiteral("127.0.0.1");
    }
    try {
      return InetAddress.ofLiteral(text.replaceAll("[\\[\\]]", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--http has the address '"
              + text
              + "'; allowed is an address of this machine in numbers, or localhost",
          e);
    }
  }

  private static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "--listen is '"
              + name
              + "'; allowed is the name or the address by which clients call this machine, without a"
              + " port");
    }
  }

  private static String asInUrl(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.indexOf(':') >= 0 && !lower.startsWith("[") ? "[" + lower + "]" : lower;
  }

  /// The name by which clients call this machine.
  String host() {
    InetAddress address = socket.getAddress();
    return address.isAnyLocalAddress() ? hosts.getFirst() : asInUrl(address.getHostAddress());
  }

  /// Whether the authority of a URL, or a `Host` header, names this server. The port does not
  /// count: a tunnel has another one.
  boolean isNamedBy(String authority) {
    return hosts.contains(
        authority.toLowerCase(Locale.ROOT).replaceFirst("(?<=[^:]|\\]):\\d{1,5}$", ""));
  }
}
