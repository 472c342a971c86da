package initrunner.door.edit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads a TOML text (TOML 1.1) and notes where each header and each value stands. For one thread.
final class TomlReader {

  private final String text;
  private final TomlValues values;

  private TomlReader(String text) {
    this.text = text;
    values = new TomlValues(text);
  }

  /// The sections of a text, in its order; the first one stands in front of the first header.
  ///
  /// @throws SyntaxFault if it is not TOML
  static List<TomlSection> read(String text) {
    return new TomlReader(text).sections();
  }

  private List<TomlSection> sections() {
    List<TomlSection> sections = new ArrayList<>();
    Set<List<String>> tables = new HashSet<>();
    if (text.startsWith("\uFEFF")) {
      values.at++;
    }
    TomlSection.Kind kind = TomlSection.Kind.ROOT;
    int start = values.at;
    List<String> path = List.of();
    while (true) {
      int headerEnd = values.at;
      sections.add(new TomlSection(kind, start, headerEnd, path, pairs(kind)));
      if (values.at == text.length()) {
        return sections;
      }
      start = values.at;
      boolean isElement = text.startsWith("[[", start);
      kind = isElement ? TomlSection.Kind.ELEMENT : TomlSection.Kind.TABLE;
      path = header(isElement ? "[[" : "[", isElement ? "]]" : "]");
      if (isElement) {
        // Each element begins its tables anew.
        List<String> prefix = path;
        tables.removeIf(each -> startsWith(each, prefix));
      } else if (!tables.add(path)) {
        throw new SyntaxFault(
            text, start, "the table " + String.join(".", path) + " is there twice");
      }
    }
  }

  static boolean startsWith(List<String> path, List<String> prefix) {
    return path.size() >= prefix.size() && path.subList(0, prefix.size()).equals(prefix);
  }

  private List<String> header(String opening, String closing) {
    values.at += opening.length();
    values.blanks();
    List<String> path = values.key();
    if (!text.startsWith(closing, values.at)) {
      throw values.fault(closing + " belongs behind the name of a table");
    }
    values.at += closing.length();
    return path;
  }

  /// The pairs up to the next header. It begins at the end of a header's brackets.
  private List<TomlSection.Pair> pairs(TomlSection.Kind kind) {
    List<TomlSection.Pair> pairs = new ArrayList<>();
    Set<List<String>> keys = new HashSet<>();
    if (kind != TomlSection.Kind.ROOT) {
      lineEnd();
    }
    while (true) {
      values.linesAndComments();
      if (values.at == text.length() || text.charAt(values.at) == '[') {
        return pairs;
      }
      int start = values.at;
      TomlSection.Pair pair = values.pair();
      if (!keys.add(pair.key())) {
        throw new SyntaxFault(
            text, start, "the key " + String.join(".", pair.key()) + " is there twice");
      }
      pairs.add(pair);
      lineEnd();
    }
  }

  private void lineEnd() {
    values.blanks();
    if (values.at < text.length() && text.charAt(values.at) == '#') {
      values.comment();
    }
    boolean isEnd =
        values.at == text.length()
            || text.charAt(values.at) == '\n'
            || text.startsWith("\r\n", values.at);
    if (!isEnd) {
      throw values.fault("the line should end here");
    }
  }
}
