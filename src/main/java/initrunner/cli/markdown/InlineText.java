package initrunner.cli.markdown;

import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;

/// The text of a block of Markdown, safe to be shown.
///
/// @param coloured false: marks that colours would replace stay
record InlineText(boolean coloured) {

  /// A line break that the model asks for. No text of a model has this form: it is safe.
  static final Span BREAK = Span.plain("\n");

  /// @param style of text without marks
  /// @param before is put in front
  List<Span> of(Node block, Style style, String before) {
    List<Span> spans = new ArrayList<>();
    if (!before.isEmpty()) {
      spans.add(new Span(style, before));
    }
    children(block, style, spans);
    return spans;
  }

  private void children(Node parent, Style style, List<Span> to) {
    Optional<Node> next = Optional.ofNullable(parent.getFirstChild());
    while (next.isPresent()) {
      add(next.get(), style, to);
      next = next.map(Node::getNext);
    }
  }

  private void add(Node node, Style style, List<Span> to) {
    switch (node) {
      case Text text -> to.add(span(style, text.getLiteral()));
      case HtmlInline html -> to.add(span(style, html.getLiteral()));
      case Code code -> {
        String mark = coloured ? "" : "`";
        to.add(span(Style.CODE, mark + code.getLiteral() + mark));
      }
      case Emphasis emphasis -> marked(emphasis, "*", Style.EMPHASIS, style, to);
      case StrongEmphasis strong -> marked(strong, "**", Style.HEADING, style, to);
      case Link link -> target(link, link.getDestination(), style, to);
      case Image image -> target(image, image.getDestination(), style, to);
      case SoftLineBreak _ -> to.add(new Span(style, " "));
      case HardLineBreak _ -> to.add(BREAK);
      default -> children(node, style, to);
    }
  }

  private void marked(Node node, String mark, Style own, Style around, List<Span> to) {
    if (coloured) {
      children(node, around == Style.PLAIN ? own : around, to);
      return;
    }
    to.add(new Span(around, mark));
    children(node, around, to);
    to.add(new Span(around, mark));
  }

  private void target(Node node, String address, Style style, List<Span> to) {
    List<Span> named = new ArrayList<>();
    children(node, style, named);
    to.addAll(named);
    String name = named.stream().map(Span::text).collect(Collectors.joining());
    if (name.isEmpty()) {
      to.add(span(Style.QUIET, address));
    } else if (!SafeText.oneLine(address).replaceFirst("^mailto:", "").equals(name)) {
      to.add(span(Style.QUIET, " (" + address + ")"));
    }
  }

  private static Span span(Style style, String text) {
    return new Span(style, SafeText.oneLine(text.replace('\t', ' ')));
  }
}
