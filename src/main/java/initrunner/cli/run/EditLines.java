package initrunner.cli.run;

import initrunner.text.LineDiff;
import initrunner.tool.ToolCall;
import java.util.List;
import java.util.stream.Stream;

/// What a call of the tool for files changes in a text, as `diff` shows it. Stateless.
public final class EditLines {

  private static final String HEADING = "@@ ";

  private EditLines() {}

  /// The lines of an edit, or all of a file that is written; none for other calls. Their numbers in
  /// the file are not known here.
  ///
  /// @param type of the tool
  public static List<String> of(String type, ToolCall call) {
    if (!type.equals("filesystem")) {
      return List.of();
    }
    return switch (call.tool()) {
      case "edit_file" -> difference(text(call, "old_text"), text(call, "new_text"));
      case "write_file" -> difference("", text(call, "content"));
      default -> List.of();
    };
  }

  /// The call in words: the file that it changes, or as [ToolCall#summary].
  public static String summary(String type, ToolCall call) {
    return of(type, call).isEmpty() ? call.summary() : text(call, "path");
  }

  private static String text(ToolCall call, String argument) {
    return call.arguments().get(argument) instanceof String text ? text : "";
  }

  private static List<String> difference(String before, String after) {
    List<String> lines = LineDiff.of(ended(before), ended(after));
    return Stream.concat(
            lines.stream().limit(1).filter(line -> !line.startsWith(HEADING)),
            lines.stream().skip(1).map(line -> line.startsWith(HEADING) ? "…" : line))
        .toList();
  }

  /// A part of a file says nothing about the end of its last line.
  private static String ended(String text) {
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }
}
