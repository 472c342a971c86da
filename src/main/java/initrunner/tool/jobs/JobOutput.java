package initrunner.tool.jobs;

import java.util.Arrays;
import java.util.stream.Collectors;

/// A part of a job's output.
///
/// @param from its first byte
/// @param to the byte behind its last
public record JobOutput(long from, long to, String content) {

  static JobOutput of(String said) {
    int end = said.indexOf("\n\n");
    String head = end < 0 ? said : said.substring(0, end);
    return new JobOutput(
        number(head, "from "), number(head, "to "), end < 0 ? "" : said.substring(end + 2));
  }

  private static long number(String head, String name) {
    return head.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .filter(digits -> digits.matches("[0-9]{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  /// For a model: what a line wrote over itself, as a bar of progress does, is left out.
  String text(String line) {
    String about = line + "\nBytes " + from + " to " + to + "; the next from_byte is " + to + ".";
    return content.isEmpty() ? about : about + "\n" + condensed(content);
  }

  /// The text without what a line wrote over itself.
  public static String condensed(String text) {
    // A carriage return alone would end a line for String.lines().
    return Arrays.stream(text.replace("\r\n", "\n").split("\n", 0))
        .map(line -> {
          String whole = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
          return whole.substring(whole.lastIndexOf('\r') + 1);
        })
        .collect(Collectors.joining("\n"));
  }
}
