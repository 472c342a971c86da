package initrunner.transfer;

/// What an exchange may change.
public record Rules(Direction direction, Deletion deletion, Take take) {

  /// Whose changes go to the other side.
  public enum Direction {
    /// Those of this machine.
    PUSH,
    /// Those of the host.
    PULL,
    BOTH;

    boolean pushes() {
      return this != PULL;
    }

    boolean pulls() {
      return this != PUSH;
    }
  }

  /// What becomes of a file that the other side has removed since the last exchange.
  public enum Deletion {
    KEPT,
    FOLLOWED
  }

  /// Which version holds where both sides have changed a file.
  public enum Take {
    /// None: it is a conflict.
    NEITHER,
    HERE,
    THERE
  }
}
