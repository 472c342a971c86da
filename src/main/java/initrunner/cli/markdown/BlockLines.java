package initrunner.cli.markdown;

import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.LinkReferenceDefinition;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.ThematicBreak;

/// The lines of a block of Markdown.
///
/// @param coloured false: marks that colours would replace stay
record BlockLines(boolean coloured) {

  private static final String TAB = "    ";
  private static final int MOST_RULE_COLUMNS = 40;
  private static final int LEAST_COLUMNS = 4;

  /// @param columns that the lines may take. Lines of code take more where they are longer: the
  ///   terminal goes on in its next line, and a person can copy them
  List<List<Span>> of(Node block, int columns) {
    InlineText inline = new InlineText(coloured);
    return switch (block) {
      case Heading heading -> {
        String marks = coloured ? "" : "#".repeat(heading.getLevel()) + " ";
        yield Wrapping.lines(inline.of(heading, Style.HEADING, marks), columns);
      }
      case Paragraph paragraph -> Wrapping.lines(inline.of(paragraph, Style.PLAIN, ""), columns);
      case FencedCodeBlock code -> code(code.getLiteral());
      case IndentedCodeBlock code -> code(code.getLiteral());
      case HtmlBlock html -> verbatim(html.getLiteral(), Style.PLAIN);
      case LinkReferenceDefinition link ->
          verbatim("[" + link.getLabel() + "]: " + link.getDestination(), Style.QUIET);
      case ListBlock list -> list(list, columns);
      case BlockQuote quote -> {
        Span bar = new Span(Style.QUIET, "│ ");
        yield behind(bar, bar, children(quote, columns - 2, true));
      }
      case ThematicBreak _ ->
          List.of(List.of(new Span(Style.QUIET, "─".repeat(Math.min(columns, MOST_RULE_COLUMNS)))));
      case TableBlock table -> new TableLines(coloured).of(table, columns);
      default -> children(block, columns, true);
    };
  }

  private List<List<Span>> children(Node parent, int columns, boolean apart) {
    List<List<Span>> lines = new ArrayList<>();
    Optional<Node> next = Optional.ofNullable(parent.getFirstChild());
    while (next.isPresent()) {
      if (apart && !lines.isEmpty()) {
        lines.add(List.of());
      }
      lines.addAll(of(next.get(), Math.max(LEAST_COLUMNS, columns)));
      next = next.map(Node::getNext);
    }
    return lines;
  }

  private List<List<Span>> list(ListBlock list, int columns) {
    List<List<Span>> lines = new ArrayList<>();
    int number = list instanceof OrderedList ordered ? number(ordered) : 0;
    Optional<Node> next = Optional.ofNullable(list.getFirstChild());
    while (next.isPresent()) {
      String mark = list instanceof BulletList ? "• " : number++ + ". ";
      if (!list.isTight() && !lines.isEmpty()) {
        lines.add(List.of());
      }
      List<List<Span>> item = children(next.get(), columns - mark.length(), !list.isTight());
      lines.addAll(
          behind(
              Span.plain(mark),
              Span.plain(" ".repeat(mark.length())),
              item.isEmpty() ? List.of(List.of()) : item));
      next = next.map(Node::getNext);
    }
    return lines;
  }

  private static int number(OrderedList list) {
    return Optional.ofNullable(list.getMarkerStartNumber()).orElse(1);
  }

  private static List<List<Span>> behind(Span first, Span others, List<List<Span>> lines) {
    List<List<Span>> all = new ArrayList<>();
    for (List<Span> line : lines) {
      List<Span> moved = new ArrayList<>();
      moved.add(all.isEmpty() ? first : others);
      moved.addAll(line);
      all.add(moved);
    }
    return all;
  }

  private static List<List<Span>> code(String literal) {
    Span indent = Span.plain("  ");
    return behind(indent, indent, verbatim(literal, Style.CODE));
  }

  private static List<List<Span>> verbatim(String literal, Style style) {
    return literal
        .stripTrailing()
        .lines()
        .map(line -> List.of(new Span(style, SafeText.oneLine(line.replace("\t", TAB)))))
        .toList();
  }
}
