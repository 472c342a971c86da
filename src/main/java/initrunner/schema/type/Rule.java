package initrunner.schema.type;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// A rule about a value beyond its type.
///
/// @param broken the fault of a value that breaks it, as "is blank"
/// @param allowed the values that do not, as "text that is not blank"
/// @param next what to do about it, or blank
/// @param pattern the rule as a regular expression to find in the value; empty if there is none
public record Rule<T>(
    String broken, String allowed, String next, Predicate<T> holds, Optional<String> pattern) {

  public Rule(String broken, String allowed, String next, Predicate<T> holds) {
    this(broken, allowed, next, holds, Optional.empty());
  }

  /// That a text matches as a whole.
  public static Rule<String> matching(Pattern pattern, String broken, String allowed, String next) {
    return new Rule<>(
        broken,
        allowed,
        next,
        text -> pattern.matcher(text).matches(),
        Optional.of("^(?:" + pattern.pattern() + ")$"));
  }
}
