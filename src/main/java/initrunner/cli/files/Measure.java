package initrunner.cli.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far a transfer has come.
///
/// @param rate bytes of a second, lately; 0 if that is not known
record Measure(long doneBytes, long bytes, int doneFiles, int files, long rate) {

  private static final String GAP = "  ";
  private static final int MOST_BAR = 24;
  private static final int LEAST_BAR = 8;

  /// So the bar keeps its length while that of the numbers before it changes a little.
  private static final int BAR_STEP = 4;

  /// The bytes, what is left, the files, the rate.
  private static final int[] BY_IMPORTANCE = {0, 3, 1, 2};

  private static final long MOST_SECONDS_LEFT = 359_999;

  /// The line for a terminal of so many columns: a narrow one leaves out what matters less.
  String line(int columns) {
    String text = text(columns);
    int bar = Math.min(MOST_BAR, (columns - text.length() - GAP.length()) / BAR_STEP * BAR_STEP);
    return bar < LEAST_BAR ? text : text + GAP + bar(bar);
  }

  /// The line for a file or a pipe.
  String text() {
    return text(Integer.MAX_VALUE).strip();
  }

  private String text(int columns) {
    List<String> shown = new ArrayList<>(List.of(percent(), "", "", "", ""));
    String[] parts = {bytesText(), filesText(), rateText(), leftText()};
    int room = columns - percent().length();
    for (int index : BY_IMPORTANCE) {
      int length = parts[index].isEmpty() ? 0 : GAP.length() + parts[index].length();
      if (length <= room) {
        shown.set(index + 1, parts[index]);
        room -= length;
      }
    }
    shown.removeIf(String::isEmpty);
    return String.join(GAP, shown);
  }

  /// Whether all has been moved, so that what is left to do is to check it.
  boolean isMoved() {
    return doneBytes >= bytes && doneFiles >= files;
  }

  private double share() {
    double share =
        bytes > 0 ? (double) doneBytes / bytes : files > 0 ? (double) doneFiles / files : 0;
    return Math.clamp(share, 0, 1);
  }

  private String percent() {
    return String.format(Locale.ROOT, "%3d%%", (int) (share() * 100));
  }

  private String bar(int columns) {
    int full = (int) (share() * columns);
    return "█".repeat(full) + "░".repeat(columns - full);
  }

  private String bytesText() {
    return AmountText.bytesOf(Math.min(doneBytes, bytes), bytes);
  }

  private String filesText() {
    return String.format(Locale.ROOT, "%,d of ", Math.min(doneFiles, files))
        + AmountText.count(files, "file");
  }

  private String rateText() {
    return rate <= 0 || isMoved() ? "" : AmountText.bytes(rate) + "/s";
  }

  private String leftText() {
    if (isMoved()) {
      return "checking";
    }
    if (doneBytes == 0 && doneFiles == 0) {
      return "starting";
    }
    long seconds = rate <= 0 ? Long.MAX_VALUE : Math.ceilDiv(bytes - doneBytes, rate);
    return seconds > MOST_SECONDS_LEFT || seconds <= 0
        ? ""
        : AmountText.wholeTime(seconds) + " left";
  }
}
