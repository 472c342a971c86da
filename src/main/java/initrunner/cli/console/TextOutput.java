package initrunner.cli.console;

import initrunner.text.SafeText;
import initrunner.text.SafeWriter;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/// A standard stream as UTF-8 text. It makes all text safe ([SafeText]); only [#printOwn] prints
/// what a terminal obeys. Flushed at each line's end. Safe for many threads.
public final class TextOutput {

  private final PrintWriter own;
  private final PrintWriter safe;
  private final PrintWriter records;

  TextOutput(OutputStream stream) {
    Writer writer = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
    own = new PrintWriter(writer, true);
    safe = new PrintWriter(SafeWriter.ofLines(own), true);
    records = new PrintWriter(SafeWriter.ofRecords(own), true);
  }

  /// One line: line ends in the text become escapes.
  public void println(String line) {
    safe.println(SafeText.oneLine(line));
  }

  public void println() {
    safe.println();
  }

  /// Prints lines as they are, and ends the last one.
  public void printLines(String text) {
    safe.println(text);
  }

  /// Prints a part of a text of several lines, and flushes.
  public void print(String part) {
    safe.print(part);
    safe.flush();
  }

  public void print(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    print(text.toString());
  }

  /// Prints InitRunner's own text with colours and cursor movements. Text from outside must not be
  /// part of it.
  public void printOwn(String text) {
    safe.flush();
    own.print(text);
    own.flush();
  }

  /// For formats that are written in pieces. The text becomes safe, too; line ends stay as they
  /// are.
  public PrintWriter writer() {
    return records;
  }

  /// The same stream, with colours.
  public Screen screen(TerminalLook look) {
    return new Screen(own, look);
  }

  public void flush() {
    safe.flush();
    records.flush();
  }
}
