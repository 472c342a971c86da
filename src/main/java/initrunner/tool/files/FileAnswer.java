package initrunner.tool.files;

import initrunner.exec.Captured;
import initrunner.exec.Outcome;
import initrunner.tool.Plan;
import initrunner.tool.ResultText;
import initrunner.tool.ScriptAnswer;
import initrunner.tool.Shown;
import initrunner.tool.ToolResult;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Describes to the model what a script did with files.
interface FileAnswer extends ScriptAnswer {

  String NO_ANSWER =
      "Error: the answer did not arrive as it was written, so what was done is not known: look"
          + " before you call again.";

  /// The output of a successful script in words for the model; empty if no script of ours prints
  /// such an output.
  Optional<String> success(Captured output);

  @Override
  default String success(Plan.Run run, Outcome outcome, Captured output, String host) {
    return success(output).orElse(NO_ANSWER) + ResultText.lostOutput(outcome, host);
  }

  /// A success whose answer is of no use is none.
  @Override
  default ToolResult.Status status(Outcome outcome, Captured output) {
    ToolResult.Status status = ScriptAnswer.super.status(outcome, output);
    return status == ToolResult.Status.SUCCEEDED && success(output).isEmpty()
        ? ToolResult.Status.FAILED
        : status;
  }

  /// A file's content.
  ///
  /// @param firstLine 0 for the whole file
  record Read(String path, int firstLine, int maxBytes) implements FileAnswer {

    @Override
    public Optional<String> success(Captured output) {
      String text = output.stdoutText();
      int end = text.indexOf('\n');
      int blank = text.indexOf(' ');
      String count = 0 <= blank && blank < end ? text.substring(blank + 1, end) : "";
      if (!count.matches("[0-9]{1,18}")) {
        return Optional.empty();
      }
      String content = text.substring(end + 1);
      long bytes = output.stdoutBytes() - end - 1;
      return switch (text.substring(0, blank)) {
        case "binary" ->
            Optional.of(
                Shown.name(path) + " is a binary file of " + count + " bytes; it is not shown.");
        case "lines" ->
            Optional.of(
                content.isEmpty()
                    ? "(no such lines: the file has " + count + ")"
                    : lines(content, bytes >= maxBytes, ""));
        case "text" -> Optional.of(whole(content, bytes, Long.parseLong(count)));
        default -> Optional.empty();
      };
    }

    private String whole(String content, long bytes, long size) {
      return size == 0 ? "(empty file)" : lines(content, bytes < size, " of " + size + " bytes");
    }

    /// Cuts back to the end of a line, and adds where to read on.
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
    public Optional<String> success(Captured output) {
      String printed = output.stdoutText();
      boolean isCut = output.stdoutBytes() >= maxBytes;
      // The script's list ends with an additional separator.
      if (!isCut && !printed.endsWith("\0\0") && !printed.equals("\0")) {
        return Optional.empty();
      }
      List<String> names = Shown.separated(printed, isCut).stream().sorted(Shown.BY_NAME).toList();
      if (names.isEmpty()) {
        return Optional.of(
            Shown.withComplaints(isCut ? "[truncated]" : "(empty directory)", output));
      }
      String list = names.stream().map(Listing::entry).collect(Collectors.joining("\n"));
      return Optional.of(Shown.withComplaints(isCut ? list + "\n[truncated]" : list, output));
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

  /// A file that was written.
  record Written(String path, int bytes) implements FileAnswer {

    @Override
    public Optional<String> success(Captured output) {
      String written = Shown.name(path) + " (" + bytes + " bytes).";
      return switch (output.stdoutText().strip()) {
        case "created" -> Optional.of("Created " + written);
        case "replaced" -> Optional.of("Replaced " + written);
        default -> Optional.empty();
      };
    }
  }

  /// A file that was edited.
  record Edited(String path) implements FileAnswer {

    @Override
    public Optional<String> success(Captured output) {
      return Optional.of("Edited " + Shown.name(path) + ".");
    }
  }
}
