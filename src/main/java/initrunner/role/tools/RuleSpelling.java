package initrunner.role.tools;

import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds slips in the rules of `permissions`: such a rule would match nothing, and so deny nothing.
final class RuleSpelling {

  private static final String ALLOWED = "argument=glob, or a glob alone";

  private static final Pattern OTHER_OPERATOR =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_.]*) *[:!~<>+=]+.*", Pattern.DOTALL);

  private RuleSpelling() {}

  /// @param known names of the tool's arguments
  static void check(YamlValue rule, List<String> known, Decoding decoding) {
    Permissions.Rule written = Permissions.Rule.of(rule.raw());
    String glob = written.glob();
    Matcher operator = OTHER_OPERATOR.matcher(rule.raw().strip());
    boolean isNamed = written.argument().isPresent();
    if (!isNamed && operator.matches() && known.contains(operator.group(1))) {
      decoding.refuse(
          rule,
          "has another sign than = behind the argument",
          ALLOWED,
          "write " + operator.group(1) + "=glob");
    } else if (isNamed && glob.startsWith("=")) {
      decoding.refuse(
          rule, "has a second =", ALLOWED, "write one, or [=] for a value that begins with it");
    } else if (isNamed && glob.startsWith("~ ")) {
      decoding.refuse(rule, "has ~ behind the =", ALLOWED, "write = alone");
    } else if (isQuoted(glob)) {
      decoding.refuse(
          rule,
          "has a glob in quotes",
          ALLOWED,
          "write it without, or [" + glob.charAt(0) + "] for a value that has them");
    } else if (known.contains("command") && glob.contains("  ")) {
      decoding.refuse(
          rule,
          "has two blanks in a row",
          "a command with one blank between its words",
          "write one: commands are compared with single blanks");
    }
  }

  private static boolean isQuoted(String glob) {
    return glob.length() > 1
        && (glob.charAt(0) == '"' || glob.charAt(0) == '\'')
        && glob.charAt(glob.length() - 1) == glob.charAt(0);
  }
}
