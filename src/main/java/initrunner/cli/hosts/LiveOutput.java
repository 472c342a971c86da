package initrunner.cli.hosts;

import initrunner.cli.console.Console;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.console.TextOutput;
import initrunner.exec.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Whole lines of many hosts as they come, each behind its host's name: standard output and
/// standard error to their own. One host's lines are written by its thread, and finished by another
/// once its call has ended.
final class LiveOutput {

  /// A longer line is shown in parts.
  private static final int MOST_LINE_BYTES = 16 * 1024;

  private static final int MOST_NAME_COLUMNS = 32;
  private static final int TAB = 8;

  private final Console console;
  private final Runnable unwritten;
  private final int columns;
  private final Map<String, HostLines> hosts = new ConcurrentHashMap<>();

  /// @param unwritten called where the reader of this process's output is gone
  LiveOutput(Console console, List<String> hosts, Runnable unwritten) {
    this.console = console;
    this.unwritten = unwritten;
    this.columns =
        hosts.stream()
            .mapToInt(TerminalLook::columnsOf)
            .filter(columns -> columns <= MOST_NAME_COLUMNS)
            .max()
            .orElse(0);
  }

  /// Takes the output of a host.
  Sink of(String host) {
    return hosts.computeIfAbsent(host, HostLines::new);
  }

  /// Shows the last line of a host, if it has no end. For a host whose command is over.
  void finish(String host) {
    Optional.ofNullable(hosts.remove(host))
        .ifPresent(lines -> {
          lines.out.finish();
          lines.err.finish();
        });
  }

  /// A line about a host, on standard error.
  void note(String host, String text) {
    new HostLines(host).err.say(text);
  }

  /// The text with blanks in place of tabs, as a terminal shows it.
  static String spaced(String text) {
    if (text.indexOf('\t') < 0) {
      return text;
    }
    StringBuilder spaced = new StringBuilder();
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      spaced.append(unit == '\t' ? " ".repeat(TAB - spaced.length() % TAB) : unit);
    }
    return spaced.toString();
  }

  private final class HostLines implements Sink {

    private final Lines out;
    private final Lines err;

    HostLines(String host) {
      String name = host + " ".repeat(Math.max(0, columns - TerminalLook.columnsOf(host)));
      out = new Lines(name, console.out(), console.output());
      err = new Lines(name, console.err(), console.errorOutput());
    }

    @Override
    public void stdout(ByteBuffer bytes) {
      out.add(bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      err.add(bytes);
    }
  }

  private final class Lines {

    private final String name;
    private final TextOutput to;
    private final Screen screen;
    private final boolean isTerminal;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean isReturned;

    Lines(String name, TextOutput to, Console.Output kind) {
      this.name = name;
      this.to = to;
      this.isTerminal = kind == Console.Output.TERMINAL;
      this.screen = to.screen(isTerminal ? TerminalLook.of(console) : TerminalLook.NONE);
    }

    /// What a program writes over, behind a carriage return, is shown as a line of its own.
    void add(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        byte next = bytes.get();
        if (isReturned && next != '\n' && line.size() > 0) {
          show();
        }
        isReturned = next == '\r';
        if (next == '\n') {
          show();
        } else if (next != '\r') {
          line.write(next);
          if (line.size() == MOST_LINE_BYTES) {
            show();
          }
        }
      }
    }

    private void show() {
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      say(text);
      if (console.outputFailure().isPresent()) {
        unwritten.run();
      }
    }

    private void say(String text) {
      if (isTerminal) {
        screen.line(new Screen.Span(Style.CALL, name), Screen.Span.plain("  " + spaced(text)));
      } else {
        to.printLines(name + "  " + text);
      }
    }

    void finish() {
      if (line.size() > 0) {
        show();
      }
    }
  }
}
