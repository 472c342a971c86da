package initrunner.cli.markdown;

import initrunner.cli.console.Screen;
import initrunner.cli.console.TerminalLook;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/// A model's answer as it comes, as lines of a terminal. A block of its Markdown (a paragraph, a
/// list, a table) becomes lines when the next block begins or the answer ends. For one thread.
public final class AnswerText {

  /// Of blocks in blocks, and of marks in marks. What is deeper stays as the model wrote it.
  private static final int MOST_NESTING = 12;

  /// A block that comes in many lines is read again only when it has grown by this part.
  private static final int GROWTH_DIVISOR = 8;

  private final TerminalLook look;
  private final Parser parser =
      Parser.builder()
          .extensions(List.of(TablesExtension.create()))
          .includeSourceSpans(IncludeSourceSpans.BLOCKS)
          .maxOpenBlockParsers(MOST_NESTING)
          .maxInlineNesting(MOST_NESTING)
          .build();
  private final StringBuilder waiting = new StringBuilder();
  private int readAgainAt;
  private boolean begun;

  public AnswerText(TerminalLook look) {
    this.look = look;
  }

  /// Takes the next part of the text.
  ///
  /// @return the lines of the blocks that are now complete
  public List<List<Screen.Span>> add(String part) {
    waiting.append(part);
    if (part.indexOf('\n') < 0 || waiting.length() < readAgainAt) {
      return List.of();
    }
    Node last = read().getLastChild();
    List<List<Screen.Span>> lines = new ArrayList<>();
    if (last != null && last.getPrevious() != null) {
      int begin = last.getSourceSpans().getFirst().getInputIndex();
      int cut = waiting.lastIndexOf("\n", begin) + 1;
      String complete = waiting.substring(0, cut);
      waiting.delete(0, cut);
      lines.addAll(shown(parser.parse(complete)));
    }
    readAgainAt = waiting.length() + waiting.length() / GROWTH_DIVISOR;
    return lines;
  }

  /// Ends the text.
  ///
  /// @return the lines of the rest
  public List<List<Screen.Span>> end() {
    List<List<Screen.Span>> lines = shown(read());
    waiting.setLength(0);
    readAgainAt = 0;
    begun = false;
    return lines;
  }

  /// The last line of the text that has no lines yet; empty if there is no such text.
  public String unfinished() {
    String text = waiting.toString().stripTrailing();
    return text.substring(text.lastIndexOf('\n') + 1);
  }

  private Node read() {
    return parser.parse(waiting.toString());
  }

  private List<List<Screen.Span>> shown(Node document) {
    List<List<Screen.Span>> lines = new BlockLines(look.coloured()).of(document, look.width());
    if (lines.isEmpty()) {
      return lines;
    }
    List<List<Screen.Span>> apart = new ArrayList<>();
    if (begun) {
      apart.add(List.of());
    }
    apart.addAll(lines);
    begun = true;
    return apart;
  }
}
