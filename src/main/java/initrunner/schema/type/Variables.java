package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `${NAME}` in the texts of a role. `$${` stands for `${` itself.
public final class Variables {

  private static final Pattern DOLLAR_BRACE =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)}|\\$\\{");

  private static final String SYNTAX = "${NAME} with the name of a variable, or $${ for ${ itself";

  /// The form of a variable's name.
  public static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Variables() {}

  /// Whether a text may hold variables.
  public static boolean in(String text) {
    return text.contains("${");
  }

  /// The names of the variables in a text.
  public static List<String> names(String text) {
    Matcher matcher = DOLLAR_BRACE.matcher(text);
    List<String> names = new ArrayList<>();
    while (matcher.find()) {
      Optional.ofNullable(matcher.group(1)).ifPresent(names::add);
    }
    return names;
  }

  /// The text with each variable's value; empty after a fault. No fault shows a value.
  public static Optional<String> expand(
      YamlValue yaml, String text, Map<String, String> environment, Decoding decoding) {
    Matcher matcher = DOLLAR_BRACE.matcher(text);
    StringBuilder expanded = new StringBuilder();
    boolean isWhole = true;
    while (matcher.find()) {
      Optional<String> name = Optional.ofNullable(matcher.group(1));
      String value = matcher.group().startsWith("$$") ? "${" : "";
      if (name.isPresent()) {
        Optional<String> found =
            Optional.ofNullable(environment.get(name.get())).filter(some -> !some.isEmpty());
        isWhole &= found.isPresent() || refuseUnset(yaml, name.get(), decoding);
        value = found.orElse("");
        if (!decoding.mayAdd(value)) {
          return refuseLength(yaml, decoding);
        }
      } else if (value.isEmpty()) {
        isWhole = refuseSyntax(yaml, decoding);
      }
      matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
    }
    matcher.appendTail(expanded);
    return isWhole ? Optional.of(expanded.toString()) : Optional.empty();
  }

  /// The unchanged text; empty after a fault.
  public static Optional<String> check(YamlValue yaml, String text, Decoding decoding) {
    Matcher matcher = DOLLAR_BRACE.matcher(text);
    boolean isWhole = true;
    while (matcher.find()) {
      isWhole &= matcher.group().length() > 2 || refuseSyntax(yaml, decoding);
    }
    return isWhole ? Optional.of(text) : Optional.empty();
  }

  private static boolean refuseUnset(YamlValue yaml, String name, Decoding decoding) {
    decoding.refuse(
        yaml,
        "needs variable " + name + ", which is not set",
        "a variable that is set and not empty",
        "export " + name + "=…, or write it into .env beside the role");
    return false;
  }

  private static Optional<String> refuseLength(YamlValue yaml, Decoding decoding) {
    return decoding.refuse(
        yaml,
        "makes the variables of the role longer than 1 MiB together",
        "less",
        "name shorter values, or each less often");
  }

  private static boolean refuseSyntax(YamlValue yaml, Decoding decoding) {
    decoding.refuse(yaml, "holds ${ that begins no variable", SYNTAX, "correct it, or write $${");
    return false;
  }
}
