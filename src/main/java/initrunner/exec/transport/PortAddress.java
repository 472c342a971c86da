package initrunner.exec.transport;

import java.util.regex.Pattern;

/// A TCP port as a host sees it.
///
/// @param host a name or an address that the host itself looks up
/// @param port 1 to 65535
public record PortAddress(String host, int port) {

  /// The host itself, by both kinds of addresses.
  public static final String LOOPBACK = "localhost";

  public static final int HIGHEST = 65_535;

  /// A name, or an address of version 4 or 6 without brackets.
  public static final Pattern HOST =
      Pattern.compile(
          "[A-Za-z0-9][A-Za-z0-9._-]{0,252}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{0,37}");

  /// @throws IllegalArgumentException if it is none
  public PortAddress {
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException("'" + host + "' is no name or address of a host");
    }
    if (port < 1 || port > HIGHEST) {
      throw new IllegalArgumentException("port " + port + " is not 1 to " + HIGHEST);
    }
  }

  /// The port of the host itself.
  public static PortAddress loopback(int port) {
    return new PortAddress(LOOPBACK, port);
  }

  /// As a URL has it: an address of version 6 in brackets.
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
