package initrunner.door.connect;

import initrunner.role.sandbox.SandboxSettings.Backend;

/// Where the tools act that a client gets.
public enum Place {
  HOST("on the host"),
  SANDBOX("in the role's sandbox on this machine"),
  THIS_MACHINE("on this machine");

  private final String words;

  Place(String words) {
    this.words = words;
  }

  /// The place of a role's sandbox.
  public static Place of(Backend backend) {
    return switch (backend) {
      case SSH -> HOST;
      case AUTO, BWRAP, DOCKER -> SANDBOX;
      case NONE -> THIS_MACHINE;
    };
  }

  /// The place with its preposition, for a sentence.
  String words() {
    return words;
  }
}
