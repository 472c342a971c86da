package initrunner.role;

/// One entry of `spec.tools`: a tool, and on which conditions the model may use it.
public record ToolGrant(ToolSettings tool, Approval approval, Permissions permissions) {

  /// One that nobody is asked about and that no rule restricts.
  public ToolGrant(ToolSettings tool) {
    this(tool, Approval.AUTO, Permissions.ALLOW_ALL);
  }

  /// Whether a person is asked before each call.
  public enum Approval {
    /// Nobody is asked.
    AUTO,
    /// Somebody is: `approval: required`, or `require_confirmation: true`.
    REQUIRED
  }
}
