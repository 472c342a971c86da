package initrunner.transfer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The calls of the functions of `place.sh` that put files in their places. For one thread.
final class StepsText {

  /// Less than any system lets a command have.
  private static final int MOST_BYTES = 60_000;

  private final StringBuilder all = new StringBuilder();

  /// One word of a shell, of any bytes.
  static String quoted(String bytes) {
    return '\'' + bytes.replace("'", "'\\''") + '\'';
  }

  /// A call with these arguments, or several, each with a part of the last ones.
  ///
  /// @param fixed stand first in each call
  void call(String function, List<String> fixed, List<String> files) {
    int at = 0;
    while (at < files.size()) {
      StringBuilder line = new StringBuilder(function);
      fixed.forEach(word -> line.append(' ').append(quoted(word)));
      int begin = at;
      while (at < files.size() && (at == begin || line.length() < MOST_BYTES)) {
        line.append(' ').append(quoted(files.get(at++)));
      }
      all.append(line).append('\n');
    }
  }

  /// Calls with what is known of files, a line for each, and these files.
  void callWithLines(String function, List<String> lines, List<String> files) {
    int begin = 0;
    int bytes = 0;
    for (int at = 0; at < files.size(); at++) {
      bytes += quoted(files.get(at)).length() + 1;
      if (bytes >= MOST_BYTES || at + 1 == files.size()) {
        all.append(function)
            .append(' ')
            .append(quoted(String.join("\n", lines.subList(begin, at + 1))));
        files.subList(begin, at + 1).forEach(file -> all.append(' ').append(quoted(file)));
        all.append('\n');
        begin = at + 1;
        bytes = 0;
      }
    }
  }

  void call(String function) {
    all.append(function).append('\n');
  }

  void call(String function, List<String> files) {
    call(function, List.of(), files);
  }

  byte[] bytes() {
    return all.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
