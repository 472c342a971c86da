package initrunner.schema.type;

import initrunner.schema.Environment;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.UnicodeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Text. Only the first broken rule is reported.
///
/// @param expands whether `${NAME}` in it stands for a variable; the rules apply to the result
public record Text(List<Rule<String>> rules, boolean expands) implements Type<String> {

  private static final Rule<String> NO_NUL =
      new Rule<>("holds a NUL character", "text without one", "remove it", Text::hasNoNul);
  private static final Rule<String> WHOLE_CHARACTERS =
      new Rule<>(
          "holds half a surrogate pair",
          "text of whole characters",
          "write the character itself, or \\U and eight digits",
          UnicodeText::isWellFormed);

  /// These also apply to text whose variables are not replaced.
  private static final List<Rule<String>> OF_ANY = List.of(NO_NUL, WHOLE_CHARACTERS);

  public Text {
    rules = List.copyOf(rules);
  }

  /// Any text, empty included.
  public static Text any() {
    return new Text(OF_ANY, false);
  }

  /// Text with a character that is no blank.
  public static Text notBlank() {
    return any()
        .with(
            new Rule<>(
                "is blank",
                "text that is not blank",
                "",
                text -> !text.isBlank(),
                Optional.of("\\S")));
  }

  /// A path without control characters.
  public static Text path() {
    return notBlank()
        .with(
            new Rule<>(
                "holds a line break or another control character",
                "a path without one",
                "rename what it names",
                text -> text.chars().noneMatch(Character::isISOControl),
                Optional.of("^[^\\u0000-\\u001f\\u007f-\\u009f]*$")));
  }

  /// The same with variables.
  public Text expanding() {
    return new Text(rules, true);
  }

  /// The same with a further rule.
  public Text with(Rule<String> rule) {
    List<Rule<String>> more = new ArrayList<>(rules);
    more.add(rule);
    return new Text(more, expands);
  }

  public Text with(String broken, String allowed, Predicate<String> holds) {
    return with(broken, allowed, "", holds);
  }

  /// The same with a rule, see [Rule].
  public Text with(String broken, String allowed, String next, Predicate<String> holds) {
    return with(new Rule<>(broken, allowed, next, holds));
  }

  public Text matching(Pattern pattern, String allowed) {
    return matching(pattern, "has another form", allowed, "");
  }

  /// The same with the rule that it matches as a whole, see [Rule#matching].
  public Text matching(Pattern pattern, String broken, String allowed, String next) {
    return with(Rule.matching(pattern, broken, allowed, next));
  }

  @Override
  public Optional<String> decode(YamlValue yaml, Decoding decoding) {
    YamlKind kind = yaml.kind();
    if (kind != YamlKind.TEXT) {
      String next = kind.isScalar() && yaml.example().isBlank() ? "put it in quotes" : "";
      return decoding.refuseKind(yaml, allowed(), next);
    }
    if (!expands || !Variables.in(yaml.raw())) {
      return Optional.of(yaml.raw()).filter(text -> isRight(text, yaml, decoding));
    }
    Optional<Environment> environment = decoding.environment();
    if (environment.isEmpty()) {
      return Variables.check(yaml, yaml.raw(), decoding)
          .filter(text -> new Text(OF_ANY, false).isRight(text, yaml, decoding));
    }
    return Variables.expand(yaml, yaml.raw(), environment.get().values(), decoding)
        .filter(text -> isRight(text, yaml, decoding));
  }

  private boolean isRight(String text, YamlValue yaml, Decoding decoding) {
    for (Rule<String> rule : rules) {
      if (!rule.holds().test(text)) {
        decoding.refuse(yaml, rule.broken(), rule.allowed(), rule.next());
        return false;
      }
    }
    return true;
  }

  @Override
  public String allowed() {
    return "text";
  }

  private static boolean hasNoNul(String text) {
    return text.indexOf('\0') < 0;
  }
}
