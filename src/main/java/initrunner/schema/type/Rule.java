package initrunner.schema.type;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What a value must fulfil beyond its type.
///
/// @param broken what a value is that does not fulfil it, as "is blank"
/// @param allowed what would, as "text that is not blank"
/// @param next what to do about it, or blank
/// @param pattern the same as a regular expression that is found in the value, where one can say it
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
