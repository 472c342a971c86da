package initrunner.tool.hosts;

import initrunner.exec.OutputEnd;
import initrunner.text.LineDiff;
import initrunner.text.NumberedNames;
import initrunner.text.SafeText;
import initrunner.text.Words;
import initrunner.tool.hosts.CondensedAnswer.Equal;
import initrunner.tool.hosts.CondensedAnswer.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A condensed answer as lines for a person or a model: the commonest answer whole, others as their
/// difference to it or, where that is shorter, whole, then what failed. Text of hosts in it is not
/// made safe yet. Stateless.
public final class CondensedText {

  private static final int MOST_DIFFERING = 20;
  private static final int MOST_LINES_OF_A_DIFFERENCE = 60;
  private static final int MOST_LINES_OF_A_FAILURE = 20;
  private static final int MOST_COMPARED_CHARACTERS = 128 * 1024;
  private static final int MOST_LISTED_CHARACTERS = 400;

  /// What a line is.
  public enum Kind {
    HEADING,
    FAILURE,
    TEXT,
    ADDED,
    REMOVED,
    NOTE
  }

  public record Line(Kind kind, String text) {}

  private CondensedText() {}

  /// What the hosts printed where the command succeeded.
  public static List<Line> answers(CondensedAnswer answer) {
    List<Line> lines = new ArrayList<>();
    List<Equal> answers = answer.answers();
    if (answers.isEmpty()) {
      return lines;
    }
    Equal commonest = answers.getFirst();
    lines.add(new Line(Kind.HEADING, heading(commonest, answer)));
    lines.addAll(text(commonest.output()));
    answers.stream()
        .skip(1)
        .limit(MOST_DIFFERING)
        .forEach(each -> {
          String hosts = Words.counted(each.hosts().size(), "host");
          String differs = each.hosts().size() == 1 ? " differs: " : " differ: ";
          lines.add(
              new Line(Kind.HEADING, "== " + hosts + differs + listed(each.hosts()) + cut(each)));
          lines.addAll(difference(commonest, each));
        });
    if (answers.size() > MOST_DIFFERING + 1) {
      List<String> rest =
          answers.stream().skip(MOST_DIFFERING + 1).flatMap(each -> each.hosts().stream()).toList();
      String hosts = Words.counted(rest.size(), "host");
      lines.add(new Line(Kind.HEADING, "== " + hosts + " more differ: " + listed(rest)));
    }
    return lines;
  }

  private static String heading(Equal commonest, CondensedAnswer answer) {
    int size = commonest.hosts().size();
    String count =
        size == answer.hosts()
            ? Words.counted(size, "host")
            : size + " of " + Words.counted(answer.hosts(), "host");
    return "== " + count + ": " + listed(commonest.hosts()) + cut(commonest);
  }

  private static String cut(Equal answer) {
    return answer.output().end() == OutputEnd.CUT ? " (the end of the output may be missing)" : "";
  }

  /// Host names in short; a long list keeps its beginning.
  public static String listed(List<String> hosts) {
    return SafeText.cut(NumberedNames.compact(hosts), MOST_LISTED_CHARACTERS);
  }

  private static List<Line> text(HostOutput output) {
    return output.isEmpty()
        ? List.of(new Line(Kind.NOTE, "(no output)"))
        : output.text().lines().map(line -> new Line(Kind.TEXT, unlikeHeading(line))).toList();
  }

  /// A host could print what looks like the answer of another one.
  private static String unlikeHeading(String line) {
    return line.startsWith("== ") || line.startsWith("-- ") ? " " + line : line;
  }

  private static List<Line> difference(Equal commonest, Equal other) {
    List<String> shown = LineDiff.of(compared(commonest.output()), compared(other.output()));
    if (shown.isEmpty()) {
      return List.of(
          new Line(
              Kind.NOTE, "(the difference is in a part of the output that was too long to keep)"));
    }
    List<Line> whole = text(other.output());
    if (whole.size() <= Math.min(shown.size() + 1, MOST_LINES_OF_A_DIFFERENCE)) {
      return whole;
    }
    List<Line> lines = new ArrayList<>();
    lines.add(new Line(Kind.NOTE, "--- " + listed(commonest.hosts())));
    lines.add(new Line(Kind.NOTE, "+++ " + listed(other.hosts())));
    shown.stream().limit(MOST_LINES_OF_A_DIFFERENCE).map(CondensedText::marked).forEach(lines::add);
    if (shown.size() > MOST_LINES_OF_A_DIFFERENCE) {
      lines.add(more(shown.size() - MOST_LINES_OF_A_DIFFERENCE));
    }
    return lines;
  }

  private static String compared(HostOutput output) {
    String text = output.text();
    return text.length() <= MOST_COMPARED_CHARACTERS
        ? text
        : text.substring(0, MOST_COMPARED_CHARACTERS);
  }

  private static Line marked(String line) {
    Kind kind =
        switch (line.charAt(0)) {
          case '+' -> Kind.ADDED;
          case '-' -> Kind.REMOVED;
          case '@' -> Kind.NOTE;
          default -> Kind.TEXT;
        };
    return new Line(kind, line);
  }

  private static Line more(long lines) {
    return new Line(Kind.NOTE, "… " + Words.counted(lines, "line") + " more");
  }

  /// Why the command did not succeed on a host that was tried, in a few words; empty where it did.
  public static Optional<String> failure(HostAnswer answer) {
    return answer.isSuccess() || answer.end() instanceof HostEnd.NotTried
        ? Optional.empty()
        : Optional.of(FailureKind.of(answer.end()).what());
  }

  /// What failed where, with the next step of each kind of failure.
  public static List<Line> failures(CondensedAnswer answer) {
    return answer.failures().stream().flatMap(CondensedText::failure).toList();
  }

  private static Stream<Line> failure(Failure failure) {
    List<Line> lines = new ArrayList<>();
    String hosts = Words.counted(failure.hosts().size(), "host");
    lines.add(
        new Line(
            Kind.FAILURE, "== " + hosts + ", " + failure.what() + ": " + listed(failure.hosts())));
    if (!failure.said().isBlank()) {
      lines.add(new Line(Kind.TEXT, "   " + failure.said()));
    }
    failure.outputs().stream()
        .filter(each -> !each.output().isEmpty())
        .limit(MOST_DIFFERING)
        .forEach(each -> {
          if (failure.outputs().size() > 1) {
            lines.add(new Line(Kind.NOTE, "-- " + listed(each.hosts())));
          }
          lines.addAll(end(text(each.output())));
        });
    if (!failure.remedy().isBlank()) {
      lines.add(new Line(Kind.TEXT, "   " + failure.remedy()));
    }
    return lines.stream();
  }

  /// The reason stands at the end, mostly.
  private static List<Line> end(List<Line> lines) {
    int left = lines.size() - MOST_LINES_OF_A_FAILURE;
    return left <= 0
        ? lines
        : Stream.concat(Stream.of(more(left)), lines.stream().skip(left)).toList();
  }

  /// How it went, in one line.
  public static String counts(CondensedAnswer answer) {
    String failed =
        answer.failures().stream()
            .map(each -> ", " + each.hosts().size() + " " + each.what())
            .collect(Collectors.joining());
    return Words.counted(answer.hosts(), "host")
        + ": "
        + answer.succeeded()
        + " succeeded"
        + failed;
  }
}
