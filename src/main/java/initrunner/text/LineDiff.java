package initrunner.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The lines in which two texts differ, with some lines around them, as `diff -u` shows them.
/// Stateless.
public final class LineDiff {

  private static final int AROUND = 3;

  /// Above this, the middle is shown as all old and then all new lines.
  private static final int MOST_CELLS = 4_000_000;

  private record Line(char mark, String text) {}

  private LineDiff() {}

  /// The difference without the names of files; empty for equal texts.
  public static List<String> of(String before, String after) {
    List<String> old = lines(before);
    List<String> next = lines(after);
    int head = 0;
    while (head < Math.min(old.size(), next.size()) && old.get(head).equals(next.get(head))) {
      head++;
    }
    int tail = 0;
    int most = Math.min(old.size(), next.size()) - head;
    while (tail < most && old.get(old.size() - 1 - tail).equals(next.get(next.size() - 1 - tail))) {
      tail++;
    }
    List<Line> all = new ArrayList<>();
    old.subList(0, head).forEach(each -> all.add(new Line(' ', each)));
    all.addAll(
        middle(old.subList(head, old.size() - tail), next.subList(head, next.size() - tail)));
    old.subList(old.size() - tail, old.size()).forEach(each -> all.add(new Line(' ', each)));
    return hunks(all);
  }

  /// A last line without an end differs from one with it.
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(text.substring(start, end));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start) + "\n\\ no line end");
    }
    return lines;
  }

  /// By the longest common subsequence.
  private static List<Line> middle(List<String> old, List<String> next) {
    List<Line> lines = new ArrayList<>();
    if ((long) old.size() * next.size() > MOST_CELLS) {
      old.forEach(each -> lines.add(new Line('-', each)));
      next.forEach(each -> lines.add(new Line('+', each)));
      return lines;
    }
    int[][] common = new int[old.size() + 1][next.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = next.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).equals(next.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < old.size() || j < next.size()) {
      if (i < old.size() && j < next.size() && old.get(i).equals(next.get(j))) {
        lines.add(new Line(' ', old.get(i++)));
        j++;
      } else if (j == next.size() || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add(new Line('-', old.get(i++)));
      } else {
        lines.add(new Line('+', next.get(j++)));
      }
    }
    return lines;
  }

  private static List<String> hunks(List<Line> all) {
    boolean[] isShown = new boolean[all.size()];
    for (int at = 0; at < all.size(); at++) {
      if (all.get(at).mark() != ' ') {
        int last = Math.min(all.size() - 1, at + AROUND);
        for (int near = Math.max(0, at - AROUND); near <= last; near++) {
          isShown[near] = true;
        }
      }
    }
    List<String> shown = new ArrayList<>();
    int old = 1;
    int next = 1;
    for (int at = 0; at < all.size(); at++) {
      if (isShown[at]) {
        if (at == 0 || !isShown[at - 1]) {
          shown.add(heading(all, isShown, at, old, next));
        }
        shown.addAll((all.get(at).mark() + all.get(at).text()).lines().toList());
      }
      old += all.get(at).mark() == '+' ? 0 : 1;
      next += all.get(at).mark() == '-' ? 0 : 1;
    }
    return shown;
  }

  private static String heading(List<Line> all, boolean[] isShown, int from, int old, int next) {
    int to = from;
    while (to < all.size() && isShown[to]) {
      to++;
    }
    String marks =
        all.subList(from, to).stream()
            .map(each -> String.valueOf(each.mark()))
            .collect(Collectors.joining());
    long removed = marks.chars().filter(mark -> mark != '+').count();
    long added = marks.chars().filter(mark -> mark != '-').count();
    return "@@ -" + old + "," + removed + " +" + next + "," + added + " @@";
  }
}
