package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How what a script did with files reads to the model.
sealed interface FileAnswer extends Answer {

  /// What the scripts exit with after they have said why.
  int SAID_WHY = 65;

  int MAX_COMPLAINT_BYTES = 2000;

  /// What a script that did what it was asked to has printed, in the model's words.
  String success(Captured output);

  @Override
  default String of(Plan.Run run, Outcome outcome, Captured output, String place) {
    if (outcome.ended() instanceof Ended.Exited(int status)) {
      if (status == 0) {
        return success(output);
      }
      if (status == SAID_WHY) {
        return "Error: " + output.stderrExcerpt().within(MAX_COMPLAINT_BYTES).text().strip() + ".";
      }
    }
    return ResultText.of(run, outcome, output, place);
  }

  /// A file's content.
  ///
  /// @param firstLine 0 for the whole file
  record Read(String path, int firstLine, int maxBytes) implements FileAnswer {

    @Override
    public String success(Captured output) {
      String text = output.stdoutText();
      int end = text.indexOf('\n');
      String[] head = text.substring(0, end).split(" ", 2);
      String content = text.substring(end + 1);
      long bytes = output.stdoutBytes() - end - 1;
      return switch (head[0]) {
        case "binary" ->
            Shown.name(path) + " is a binary file of " + head[1] + " bytes; it is not shown.";
        case "lines" ->
            content.isEmpty()
                ? "(no such lines: the file has " + head[1] + ")"
                : lines(content, bytes >= maxBytes, "");
        default ->
            content.isEmpty()
                ? "(empty file)"
                : lines(content, bytes < Long.parseLong(head[1]), " of " + head[1] + " bytes");
      };
    }

    /// What was cut goes back to the end of a line, and where to read on is said.
    private String lines(String content, boolean isCut, String of) {
      if (!isCut) {
        return content;
      }
      int end = content.lastIndexOf('\n') + 1;
      if (end == 0) {
        return content + "\n[truncated" + of + ": the line is longer than can be shown]";
      }
      String whole = content.substring(0, end);
      long next = Math.max(1, firstLine) + whole.chars().filter(c -> c == '\n').count();
      return whole + "[truncated" + of + ": read on with first_line " + next + "]";
    }
  }

  /// The names in a directory.
  record Listing(int maxBytes) implements FileAnswer {

    @Override
    public String success(Captured output) {
      boolean isCut = output.stdoutBytes() >= maxBytes;
      List<String> names =
          Shown.separated(output.stdoutText(), isCut).stream().sorted(Shown.BY_NAME).toList();
      if (names.isEmpty()) {
        return Shown.withComplaints("(empty directory)", output);
      }
      String list = names.stream().map(Listing::entry).collect(Collectors.joining("\n"));
      return Shown.withComplaints(isCut ? list + "\n[truncated]" : list, output);
    }

    private static String entry(String found) {
      String name = Shown.name(Shown.withoutDot(found.substring(1)));
      return switch (found.charAt(0)) {
        case 'd' -> name + "/";
        case 'l' -> name + " (symbolic link)";
        case 'o' -> name + " (special file)";
        default -> name;
      };
    }
  }

  /// Names of files, or lines in them, each with the path by which it can be read, after a line
  /// with the count of files that were left out.
  record Search(String path, int maxBytes) implements FileAnswer {

    @Override
    public String success(Captured output) {
      String printed = output.stdoutText();
      int end = printed.indexOf('\n');
      boolean isCut = output.stdoutBytes() - end - 1 >= maxBytes;
      String text = printed.substring(end + 1);
      String found =
          text.indexOf('\0') >= 0
              ? Shown.separated(text, isCut).stream()
                  .sorted()
                  .map(name -> Shown.name(below(name)))
                  .collect(Collectors.joining("\n"))
              : text.lines().map(this::below).collect(Collectors.joining("\n"));
      String shown = found.isEmpty() ? "(nothing found)" : found;
      String whole = isCut ? shown + "\n[truncated]" : shown;
      return Shown.withComplaints(whole + leftOut(printed.substring(0, end)), output);
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

  /// A file that was written.
  record Written(String path, int bytes) implements FileAnswer {

    @Override
    public String success(Captured output) {
      String how = output.stdoutText().strip();
      return how.substring(0, 1).toUpperCase(Locale.ROOT)
          + how.substring(1)
          + " "
          + Shown.name(path)
          + " ("
          + bytes
          + " bytes).";
    }
  }

  /// A file that was edited.
  record Edited(String path) implements FileAnswer {

    @Override
    public String success(Captured output) {
      return "Edited " + Shown.name(path) + ".";
    }
  }
}
