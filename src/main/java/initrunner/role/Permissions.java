package initrunner.role;

import java.util.List;
import java.util.Optional;

/// Which arguments a tool may be called with (`permissions`). A call that a rule of `deny` meets is
/// denied; else one that a rule of `allow` meets is allowed; else the default decides.
public record Permissions(Default byDefault, List<Rule> allow, List<Rule> deny) {

  public static final Permissions ALLOW_ALL = new Permissions(Default.ALLOW, List.of(), List.of());

  public Permissions {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }

  /// The values of `default`.
  public enum Default {
    ALLOW,
    DENY
  }

  /// `argument=glob`, or a glob for every argument.
  ///
  /// @param argument its name, with dots into nested values; empty for every argument
  /// @param glob `*`, `?`, `[..]` and `[!..]`, to match the whole value
  public record Rule(Optional<String> argument, String glob) {

    /// The rule that a text stands for. What is before the first `=` is the argument.
    static Rule of(String text) {
      int equals = text.indexOf('=');
      return equals < 0
          ? new Rule(Optional.empty(), text)
          : new Rule(Optional.of(text.substring(0, equals).strip()), text.substring(equals + 1));
    }

    /// As it is written in a role.
    @Override
    public String toString() {
      return argument.map(name -> name + "=").orElse("") + glob;
    }
  }
}
