package initrunner.launch;

/// The network of a contained command.
public enum NetworkAccess {
  /// Its own loopback interface alone.
  NONE,
  /// Its own network, with a way out.
  BRIDGE,
  /// The host's network.
  HOST
}
