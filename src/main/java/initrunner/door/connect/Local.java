package initrunner.door.connect;

/// What becomes of the client's own tools, which act on this machine.
public enum Local {
  /// They stay as they are.
  AS_BEFORE,
  /// They are switched off, as far as the client can do that.
  OFF,
  /// They are switched off, but for the shell, whose commands run on the host.
  BASH_ON_HOST
}
