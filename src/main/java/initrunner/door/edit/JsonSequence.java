package initrunner.door.edit;

import java.util.List;
import java.util.function.Function;

/// The members of an object or the elements of an array in a text, between their brackets: puts one
/// more behind the last, or takes one out. Comments, blanks and the style of commas stay.
/// Immutable.
///
/// @param text the whole text
/// @param start the offset of the opening bracket
/// @param end the offset behind the closing one
/// @param children their places, in the order of the text
record JsonSequence(String text, int start, int end, List<Child> children) {

  /// The place of a member, name included, or of an element.
  record Child(int start, int end) {}

  static JsonSequence of(String text, JsonNode.Obj object) {
    List<Child> children =
        object.members().stream().map(each -> new Child(each.start(), each.value().end())).toList();
    return new JsonSequence(text, object.start(), object.end(), children);
  }

  static JsonSequence of(String text, JsonNode.Arr array) {
    List<Child> children =
        array.elements().stream().map(each -> new Child(each.start(), each.end())).toList();
    return new JsonSequence(text, array.start(), array.end(), children);
  }

  /// The text with one more child.
  ///
  /// @param onLines the child on lines of its own, for the blanks in front of its first line
  /// @param onOneLine the child on one line
  String with(JsonLayout layout, Function<String, String> onLines, String onOneLine) {
    if (children.isEmpty()) {
      return withFirst(layout, onLines);
    }
    Child last = children.getLast();
    int comma = JsonReader.skip(text, last.end());
    boolean isTrailing = text.charAt(comma) == ',';
    String separator = isTrailing ? "" : ",";
    String after = isTrailing ? "," : "";
    int from = isTrailing ? comma + 1 : last.end();
    if (!JsonLayout.isFirstOfItsLine(text, last.start())) {
      return text.substring(0, from) + separator + " " + onOneLine + after + text.substring(from);
    }
    String indent = JsonLayout.indent(text, last.start());
    int lineEnd = behindCommentsOfTheLine(from);
    return text.substring(0, last.end())
        + separator
        + text.substring(last.end(), lineEnd)
        + layout.newline()
        + indent
        + onLines.apply(indent)
        + after
        + text.substring(lineEnd);
  }

  private String withFirst(JsonLayout layout, Function<String, String> onLines) {
    String outer = JsonLayout.indent(text, start);
    String indent = outer + layout.unit();
    String inside = text.substring(start + 1, end - 1);
    String kept = inside.stripTrailing();
    String rest = inside.substring(kept.length());
    String closing = kept.isEmpty() || rest.indexOf('\n') < 0 ? layout.newline() + outer : rest;
    return text.substring(0, start + 1)
        + kept
        + layout.newline()
        + indent
        + onLines.apply(indent)
        + closing
        + text.substring(end - 1);
  }

  /// A comment behind a value on the same line is about that value.
  private int behindCommentsOfTheLine(int from) {
    int behind = from;
    int at = from;
    while (at < text.length()) {
      if (text.charAt(at) == ' ' || text.charAt(at) == '\t') {
        at++;
      } else if (text.startsWith("//", at)) {
        int newline = text.indexOf('\n', at);
        int lineEnd = newline < 0 ? text.length() : newline;
        return text.charAt(lineEnd - 1) == '\r' ? lineEnd - 1 : lineEnd;
      } else if (text.startsWith("/*", at)) {
        at = text.indexOf("*/", at + 2) + 2;
        behind = at;
      } else {
        break;
      }
    }
    boolean isLineEnd = at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r');
    return isLineEnd ? behind : from;
  }

  /// The text without a child.
  String without(int index) {
    Child child = children.get(index);
    int next = JsonReader.skip(text, child.end());
    boolean hasComma = text.charAt(next) == ',';
    int cutEnd = hasComma ? next + 1 : child.end();
    int before = index == 0 ? start + 1 : children.get(index - 1).end();
    int cutStart = cutStart(before, child.start(), cutEnd);
    while (index == 0 && hasComma && cutStart == before && text.charAt(cutEnd) == ' ') {
      cutEnd++;
    }
    String head = text.substring(0, cutStart);
    if (index > 0 && !hasComma) {
      int comma = JsonReader.skip(text, before);
      head = text.substring(0, comma) + text.substring(comma + 1, cutStart);
    }
    String tail = text.substring(cutEnd);
    boolean isEmpty = children.size() == 1 && text.substring(before, cutStart).isBlank();
    int closing = end - 1 - cutEnd;
    return isEmpty && tail.substring(0, closing).isBlank()
        ? text.substring(0, start + 1) + tail.substring(closing)
        : head + tail;
  }

  /// With the blanks in front of the child and the end of the line before it. The end of a comment
  /// stays where something else would follow on its line.
  private int cutStart(int before, int childStart, int cutEnd) {
    int lineStart = childStart;
    while (text.charAt(lineStart - 1) == ' ' || text.charAt(lineStart - 1) == '\t') {
      lineStart--;
    }
    if (text.charAt(lineStart - 1) != '\n') {
      return lineStart;
    }
    int lineEnd = text.charAt(lineStart - 2) == '\r' ? lineStart - 2 : lineStart - 1;
    int from = Math.max(before, text.lastIndexOf('\n', lineEnd - 1) + 1);
    boolean mayBeComment = from < lineEnd && text.substring(from, lineEnd).contains("//");
    return mayBeComment && !isLineEnd(cutEnd) ? lineStart : lineEnd;
  }

  private boolean isLineEnd(int from) {
    int at = from;
    while (text.charAt(at) == ' ' || text.charAt(at) == '\t') {
      at++;
    }
    return text.charAt(at) == '\n' || text.charAt(at) == '\r';
  }
}
