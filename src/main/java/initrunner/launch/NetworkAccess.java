package initrunner.launch;

/// What network a contained command sees.
public enum NetworkAccess {
  /// None but its own loopback interface.
  NONE,
  /// One of its own, with a way out.
  BRIDGE,
  /// That of the place.
  HOST
}
