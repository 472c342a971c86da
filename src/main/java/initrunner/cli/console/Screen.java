package initrunner.cli.console;

import initrunner.text.SafeText;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Prints text with colours, and one line that is written over. Every text becomes safe first
/// ([SafeText]); the terminal obeys only what this class puts between texts. Safe for many threads
/// as far as its writer is.
public final class Screen {

  /// A part of a line.
  public record Span(Style style, String text) {

    public static Span plain(String text) {
      return new Span(Style.PLAIN, text);
    }
  }

  private static final String LINE_START = "\r";
  private static final String ERASE_TO_LINE_END = "\u001b[K";

  private final PrintWriter own;
  private final TerminalLook look;

  /// @param to the terminal, or another receiver of the text
  public Screen(PrintWriter to, TerminalLook look) {
    this.own = to;
    this.look = look;
  }

  public TerminalLook look() {
    return look;
  }

  /// A line of any length.
  public void line(Style style, String text) {
    line(new Span(style, text));
  }

  /// A line of several parts, of any length.
  public void line(Span... spans) {
    line(Arrays.asList(spans));
  }

  /// As [#line(Span...)].
  public void line(List<Span> spans) {
    own.println(
        spans.stream()
            .map(span -> look.paint(span.style(), SafeText.oneLine(span.text())))
            .collect(Collectors.joining()));
    own.flush();
  }

  /// The part of a line that fits.
  public void cutLine(Style style, String text) {
    own.println(look.paint(style, look.cut(SafeText.oneLine(text))));
    own.flush();
  }

  public void endLine() {
    own.println();
    own.flush();
  }

  /// Writes over the current line and leaves the cursor there.
  public void status(String text) {
    own.print(
        LINE_START + look.paint(Style.QUIET, look.cut(SafeText.oneLine(text))) + ERASE_TO_LINE_END);
    own.flush();
  }

  public void clearStatus() {
    own.print(LINE_START + ERASE_TO_LINE_END);
    own.flush();
  }
}
