package initrunner.role.tools;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;

/// Checks that the rules of `permissions` have paths in their plain form. The path of a call is
/// compared in that form, so a rule in another form would deny less than it seems to.
final class RulePaths {

  private static final String PLAIN = "a path without ./, .., // and a slash at its end";

  /// The arguments of tools that are paths.
  private static final List<String> ARGUMENTS = List.of("path", "local", "remote");

  private RulePaths() {}

  static void check(Values values, Decoding decoding) {
    for (YamlValue rule : RuleArguments.rules(values)) {
      Permissions.Rule written = Permissions.Rule.of(rule.raw());
      String argument = written.argument().orElse("");
      if (ARGUMENTS.contains(argument) || (argument.isEmpty() && isRoundabout(written.glob()))) {
        check(rule, written, decoding);
      }
    }
  }

  /// A glob for every argument need not be about paths, so a double slash is no fault in it.
  private static boolean isRoundabout(String glob) {
    return glob.startsWith("./") || glob.contains("/./") || glob.contains("/../");
  }

  private static void check(YamlValue rule, Permissions.Rule written, Decoding decoding) {
    String glob = written.glob();
    String before = written.argument().map(name -> name + "=").orElse("");
    String plain = plain(glob);
    if (glob.equals("~") || glob.startsWith("~/")) {
      decoding.refuse(
          rule,
          "begins with ~, which stands for no directory here",
          PLAIN,
          "write it from the tool's directory or from the root");
    } else if (!glob.equals(plain)) {
      String itself = "write " + before + plain;
      decoding.refuse(
          rule,
          "is no path in its plain form",
          PLAIN,
          glob.endsWith("/") && glob.length() > 1
              ? itself
                  + " for the directory itself, "
                  + before
                  + below(plain)
                  + " for what is in it"
              : itself);
    }
  }

  private static String below(String directory) {
    return directory.equals(".") ? "*" : directory + (directory.endsWith("/") ? "*" : "/*");
  }

  private static String plain(String glob) {
    boolean isAbsolute = glob.startsWith("/");
    List<String> names = new ArrayList<>();
    for (String name : glob.split("/", -1)) {
      boolean isUp = name.equals("..");
      if (isUp && !names.isEmpty() && isOneName(names.getLast())) {
        names.removeLast();
      } else if (!name.isEmpty() && !name.equals(".") && !(isUp && isAbsolute && names.isEmpty())) {
        names.add(name);
      }
    }
    String path = (isAbsolute ? "/" : "") + String.join("/", names);
    return path.isEmpty() ? "." : path;
  }

  /// A wildcard may match several directories, so `..` after it stays.
  private static boolean isOneName(String name) {
    return !name.equals("..") && name.chars().noneMatch(c -> c == '*' || c == '?' || c == '[');
  }
}
