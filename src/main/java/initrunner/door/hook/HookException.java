package initrunner.door.hook;

/// A call that the hook cannot judge, so the client must not make it. The message says why.
public final class HookException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public HookException(String message) {
    super(message);
  }
}
