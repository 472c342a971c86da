package initrunner.role;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    /// The rule that a text stands for. What is before the first `=` is the argument where it is
    /// written as one; else the whole is a glob. Blanks at the ends and around the `=` count for
    /// nothing.
    static Rule of(String text) {
      int equals = text.indexOf('=');
      String before = text.substring(0, Math.max(equals, 0)).strip();
      return ARGUMENT.matcher(before).matches()
          ? new Rule(Optional.of(before), text.substring(equals + 1).strip())
          : new Rule(Optional.empty(), text.strip());
    }

    /// As it is written in a role.
    @Override
    public String toString() {
      return argument.map(name -> name + "=").orElse("") + glob;
    }
  }
}
