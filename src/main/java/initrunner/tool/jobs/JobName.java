package initrunner.tool.jobs;

import java.util.regex.Pattern;

/// The names of jobs. Stateless.
public final class JobName {

  /// What a name is made of, for messages.
  public static final String ALLOWED = "letters, digits and . _ -, at most 40 of them";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

  private JobName() {}

  /// Whether a text can be a name, an id or the beginning of one.
  public static boolean isOne(String text) {
    return NAME.matcher(text).matches();
  }

  /// The name of a job that its starter gave none: that of its program.
  public static String ofProgram(String program) {
    String base = program.substring(program.lastIndexOf('/') + 1);
    return isOne(base) ? base : "job";
  }
}
