package initrunner.tool;

import initrunner.tool.policy.Glob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides with which arguments a tool may be called. A call that matches a rule of `deny` is
/// denied; else one that matches a rule of `allow` is allowed; else the default decides. Immutable.
///
/// A rule is compared with each text, number and truth value that it names, nested ones included. A
/// rule of `deny` is also compared with other spellings of the same arguments, so that a spelling
/// cannot evade it. A rule of `allow` must match what is written and, if that is roundabout, its
/// plain spelling too.
public final class CallPermissions {

  /// The decision where no rule matches.
  public enum Default {
    ALLOW,
    DENY
  }

  /// The decision about one call.
  public sealed interface Verdict {

    /// The call may be made.
    record Allowed() implements Verdict {}

    /// The call may not be made.
    ///
    /// @param reason in words for the model, without the arguments
    record Denied(String reason) implements Verdict {}
  }

  /// `argument=glob`, or a glob for every argument.
  public static final class Rule {

    private final Optional<String> argument;
    private final String text;
    private final Glob glob;

    /// One rule.
    ///
    /// @param argument its name, with dots into nested values; empty for every argument
    /// @param glob of fnmatch, to match a whole value
    public Rule(Optional<String> argument, String glob) {
      this.argument = argument;
      this.text = argument.map(name -> name + "=").orElse("") + glob;
      this.glob = new Glob(glob);
    }

    private boolean meets(Map<String, Object> arguments) {
      Stream<Object> values =
          argument
              .map(name -> at(arguments, name).stream())
              .orElseGet(() -> arguments.values().stream());
      return values.flatMap(Rule::leaves).anyMatch(value -> glob.matches(value.toString()));
    }

    private static Optional<Object> at(Map<?, ?> arguments, String name) {
      Optional<Object> whole = Optional.ofNullable(arguments.get(name));
      int dot = name.indexOf('.');
      if (whole.isPresent() || dot < 0) {
        return whole;
      }
      return arguments.get(name.substring(0, dot)) instanceof Map<?, ?> nested
          ? at(nested, name.substring(dot + 1))
          : Optional.empty();
    }

    private static Stream<Object> leaves(Object value) {
      return switch (value) {
        case Map<?, ?> nested -> nested.values().stream().flatMap(Rule::leaves);
        case Collection<?> elements -> elements.stream().flatMap(Rule::leaves);
        case Object leaf -> Stream.of(leaf);
      };
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final Default byDefault;
  private final List<Rule> allow;
  private final List<Rule> deny;

  public CallPermissions(Default byDefault, List<Rule> allow, List<Rule> deny) {
    this.byDefault = byDefault;
    this.allow = List.copyOf(allow);
    this.deny = List.copyOf(deny);
  }

  /// Decides about a call with these arguments.
  ///
  /// @param arguments as the model wrote them, without nulls
  public Verdict judge(Tool tool, Map<String, Object> arguments) {
    List<Map<String, Object>> ways = new ArrayList<>(tool.otherWaysOfWriting(arguments));
    ways.add(arguments);
    Optional<Rule> against =
        deny.stream().filter(rule -> ways.stream().anyMatch(rule::meets)).findFirst();
    if (against.isPresent()) {
      return denied(tool, "blocked by rule: " + against.get());
    }
    boolean allowed =
        byDefault == Default.ALLOW
            || (isAllowed(arguments)
                && tool.plainWaysOfWriting(arguments).stream().allMatch(this::isAllowed));
    return allowed ? new Verdict.Allowed() : denied(tool, "blocked by default policy");
  }

  private boolean isAllowed(Map<String, Object> arguments) {
    return allow.stream().anyMatch(rule -> rule.meets(arguments));
  }

  private static Verdict denied(Tool tool, String why) {
    return new Verdict.Denied("Permission denied: " + tool.name() + " -- " + why);
  }
}
