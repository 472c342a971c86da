package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.text.SafeText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Names of files as a model sees them, so that it can name them in turn.
public final class Shown {

  /// Entries by their names, without the letter in front that says what they are.
  public static final Comparator<String> BY_NAME =
      Comparator.comparing(entry -> entry.substring(1));

  private static final int MAX_COMPLAINT_BYTES = 2000;

  private Shown() {}

  /// A name; as a JSON string where its ends could not be seen or a line would break.
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

  /// What NUL characters separate; the last may be half a one where the text is cut.
  public static List<String> separated(String text, boolean isCut) {
    int end = text.lastIndexOf('\0');
    if (end < 0) {
      return List.of();
    }
    String whole = isCut ? text.substring(0, end) : text;
    return Arrays.stream(whole.split("\0", -1)).filter(part -> !part.isEmpty()).toList();
  }

  /// Programs that print more than is shown lose the reader of their output, and some say so.
  private static boolean isOfClosedPipe(String complaint) {
    return complaint.endsWith("terminated by signal 13")
        || complaint.endsWith("Broken pipe")
        || complaint.endsWith("SIGPIPE");
  }

  /// A text, and what programs had to complain about meanwhile.
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
