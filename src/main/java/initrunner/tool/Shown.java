package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.text.SafeText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Text of tools' answers: file names that a model can use in a call, and complaints. Stateless.
public final class Shown {

  /// Orders entries by name, without the letter in front that marks their kind.
  public static final Comparator<String> BY_NAME =
      Comparator.comparing(entry -> entry.substring(1));

  private static final int MAX_COMPLAINT_BYTES = 2000;

  private Shown() {}

  /// A name; a JSON string if the name has blank ends or invisible characters.
  public static String name(String name) {
    boolean isPlain =
        !name.isEmpty()
            && name.equals(name.strip())
            && !name.startsWith("\"")
            && name.codePoints().noneMatch(SafeText::isInvisible);
    return isPlain ? name : SafeText.quoted(name);
  }

  public static String withoutDot(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }

  /// The parts between NUL characters; of a cut text without the last, incomplete one.
  public static List<String> separated(String text, boolean isCut) {
    int end = text.lastIndexOf('\0');
    if (end < 0) {
      return List.of();
    }
    String whole = isCut ? text.substring(0, end) : text;
    return Arrays.stream(whole.split("\0", -1)).filter(part -> !part.isEmpty()).toList();
  }

  /// The reader stops at its bound, so a program that prints more gets SIGPIPE and may say so.
  private static boolean isOfClosedPipe(String complaint) {
    return complaint.endsWith("terminated by signal 13")
        || complaint.endsWith("Broken pipe")
        || complaint.endsWith("SIGPIPE");
  }

  /// A text, followed by what programs wrote to standard error.
  public static String withComplaints(String text, Captured output) {
    String complaints =
        output
            .stderrExcerpt()
            .within(MAX_COMPLAINT_BYTES)
            .text()
            .lines()
            .filter(line -> !isOfClosedPipe(line))
            .collect(Collectors.joining("\n"))
            .strip();
    return complaints.isEmpty() ? text : text + "\nSTDERR:\n" + complaints;
  }
}
