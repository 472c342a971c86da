package initrunner.cli.init;

import initrunner.cli.console.Console;
import initrunner.cli.console.UserTerminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;

/// Reads answers of a person at the terminal, who may edit them, and complete them with Tab. For
/// one thread.
final class LineEditor implements AutoCloseable {

  private final Terminal terminal;
  private final LineReader reader;
  private List<String> words = List.of();

  private LineEditor(Terminal terminal) {
    this.terminal = terminal;
    DefaultParser parser = new DefaultParser();
    parser.setQuoteChars(new char[0]);
    parser.setEscapeChars(new char[0]);
    reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("initrunner")
            .parser(parser)
            .completer((_, _, found) -> words.stream().map(Candidate::new).forEach(found::add))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.DISABLE_HISTORY, true)
            .build();
  }

  static LineEditor open(Console console) {
    return new LineEditor(UserTerminal.open(console));
  }

  /// The typed line without blanks around it. Blocks.
  ///
  /// @param completions what Tab offers
  /// @throws InterruptedException at Ctrl-C, and at the end of the input
  String read(String prompt, List<String> completions) throws InterruptedException {
    words = completions;
    try {
      return reader.readLine(prompt).strip();
    } catch (UserInterruptException | EndOfFileException e) {
      throw new InterruptedException(e.getMessage());
    } catch (IllegalStateException e) {
      // At a signal, JLine restores the terminal before the interrupt arrives.
      throw new InterruptedException(e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
