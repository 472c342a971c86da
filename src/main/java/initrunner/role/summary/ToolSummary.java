package initrunner.role.summary;

import initrunner.role.tools.Permissions;
import initrunner.role.tools.Permissions.Default;
import initrunner.role.tools.Permissions.Rule;
import initrunner.role.tools.ToolGrant;
import java.util.List;
import java.util.stream.Collectors;

/// What one entry of `spec.tools` may do, in plain language. Stateless.
final class ToolSummary {

  private ToolSummary() {}

  /// With the conditions for its use.
  static String of(ToolGrant granted) {
    return granted.tool().summary()
        + permissions(granted.permissions())
        + switch (granted.approval()) {
          case AUTO -> "";
          case CHANGES -> " A person is asked before each call that can change something.";
          case REQUIRED -> " A person is asked before each call.";
        };
  }

  private static String permissions(Permissions permissions) {
    if (permissions.equals(Permissions.ALLOW_ALL)) {
      return "";
    }
    String denied =
        permissions.deny().isEmpty() ? "" : " Denied: " + list(permissions.deny()) + ".";
    boolean isDefaultAllow = permissions.byDefault() == Default.ALLOW;
    String allowed =
        permissions.allow().isEmpty() ? "" : " Allowed: " + list(permissions.allow()) + ".";
    String rest = isDefaultAllow ? " All else is allowed." : " All else is denied.";
    return denied + allowed + rest;
  }

  private static String list(List<Rule> rules) {
    return rules.stream().map(Rule::toString).collect(Collectors.joining(", "));
  }
}
