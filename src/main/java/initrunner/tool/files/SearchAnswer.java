package initrunner.tool.files;

import initrunner.exec.Captured;
import initrunner.tool.Shown;
import java.util.Optional;
import java.util.stream.Collectors;

/// The files that a search found, or their lines, each with the path to read it by. The first line
/// of the output counts the files that were left out.
///
/// @param path of the directory
/// @param names filters the result again: `find` on the host may compare bytes, not characters
record SearchAnswer(String path, NamePattern names, int maxBytes) implements FileAnswer {

  @Override
  public Optional<String> success(Captured output) {
    String printed = output.stdoutText();
    int end = printed.indexOf('\n');
    if (end <= 0) {
      return Optional.empty();
    }
    boolean isCut = output.stdoutBytes() - end - 1 >= maxBytes;
    String text = printed.substring(end + 1);
    String found =
        text.indexOf('\0') >= 0
            ? Shown.separated(text, isCut).stream()
                .filter(name -> names.matches(Shown.withoutDot(name)))
                .sorted()
                .map(name -> Shown.name(below(name)))
                .collect(Collectors.joining("\n"))
            : text.lines()
                .map(this::shownLine)
                .flatMap(Optional::stream)
                .collect(Collectors.joining("\n"));
    String shown = found.isEmpty() && !isCut ? "(nothing found)" : found;
    String whole = isCut ? shown + "\n[truncated]" : shown;
    return Optional.of(
        Shown.withComplaints(whole.strip() + leftOut(printed.substring(0, end)), output));
  }

  /// A line of `grep`; empty if its file does not match. A name itself may hold `:NUMBER:`.
  private Optional<String> shownLine(String line) {
    int first = numberAt(line, 0);
    if (first < 0 || !line.startsWith("./")) {
      return Optional.of(line.replace("\uFFFD…", "…"));
    }
    for (int end = first; end >= 0; end = numberAt(line, end + 1)) {
      if (names.matches(line.substring(2, end))) {
        String rest = line.substring(end).replace("\uFFFD…", "…");
        return Optional.of(Shown.name(below(line.substring(0, end))) + rest);
      }
    }
    return Optional.empty();
  }

  /// The index of `:NUMBER:`; -1 if there is none.
  private static int numberAt(String line, int from) {
    for (int colon = line.indexOf(':', from); colon >= 0; colon = line.indexOf(':', colon + 1)) {
      int at = colon + 1;
      while (at < line.length() && '0' <= line.charAt(at) && line.charAt(at) <= '9') {
        at++;
      }
      if (at > colon + 1 && at < line.length() && line.charAt(at) == ':') {
        return colon;
      }
    }
    return -1;
  }

  private static String leftOut(String count) {
    return switch (count) {
      case "0" -> "";
      case "1" -> "\n[1 file was left out: rules of the role deny it]";
      default -> "\n[" + count + " files were left out: rules of the role deny them]";
    };
  }

  private String below(String found) {
    if (!found.startsWith("./")) {
      return found;
    }
    String directory = path.equals(".") || path.endsWith("/") ? path : path + "/";
    return directory.equals(".") ? found.substring(2) : directory + found.substring(2);
  }
}
