package initrunner.cli.ask;

import initrunner.cli.console.Console;
import initrunner.cli.console.TerminalLook;
import initrunner.exec.transport.ShutdownHook;
import initrunner.text.SafeText;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One question to the person at the terminal that controls this process, who answers with a line.
///
/// @param heading lines fit to be shown: who asks
/// @param prompt lines fit to be shown, behind the last of which the person types
record TerminalQuestion(List<String> heading, List<String> prompt, Echo echo, Duration patience) {

  /// Whether what is typed is shown.
  enum Echo {
    SHOWN,
    HIDDEN
  }

  /// What came of it.
  sealed interface Answer {

    /// A line was typed.
    ///
    /// @param text a copy, which the receiver overwrites
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Typed(byte[] text) implements Answer {}

    record Declined() implements Answer {}

    record Late() implements Answer {}
  }

  /// What another part of the program wants to write over.
  private static final String ERASE_LINE = "\r\u001b[K";

  private static final int MOST_LINES = 20;
  private static final int MOST_CHARACTERS = 500;

  TerminalQuestion {
    heading = List.copyOf(heading);
    prompt = List.copyOf(prompt);
  }

  /// Whether this process has a terminal.
  static boolean canBeAsked(Console console) {
    if (!console.isOfProcess()) {
      return false;
    }
    try (FileInputStream _ = new FileInputStream(ControllingTerminal.PATH)) {
      return true;
    } catch (IOException noTerminal) {
      return false;
    }
  }

  /// Asks; other questions of this process wait meanwhile. Blocks, at most for the patience.
  ///
  /// @throws InterruptedException if the thread is interrupted: the answer is not wanted any more
  Answer ask(Console console) throws InterruptedException {
    synchronized (console) {
      try (ControllingTerminal terminal = ControllingTerminal.open();
          TypedLine line = new TypedLine()) {
        ShutdownHook hook = new ShutdownHook(terminal::restore);
        hook.add();
        console.questionBegins();
        try {
          terminal.write(begin(console) + String.join("\n", heading) + "\n");
          return answer(terminal, line);
        } finally {
          console.questionEnds();
          hook.remove();
        }
      } catch (IOException gone) {
        return new Answer.Declined();
      }
    }
  }

  /// Shows what needs no answer.
  static void tell(Console console, List<String> heading, List<String> lines) {
    synchronized (console) {
      try (ControllingTerminal terminal = ControllingTerminal.open()) {
        List<String> all = new ArrayList<>(heading);
        all.addAll(lines);
        terminal.write(begin(console) + String.join("\n", all) + "\n");
      } catch (IOException gone) {
        // There is no person any more.
      }
    }
  }

  private static String begin(Console console) {
    return TerminalLook.of(console).moving() ? ERASE_LINE : "";
  }

  private Answer answer(ControllingTerminal terminal, TypedLine line)
      throws IOException, InterruptedException {
    long since = System.nanoTime();
    terminal.write(prompted());
    while (patience.compareTo(Duration.ofNanos(System.nanoTime() - since)) > 0) {
      int key = terminal.read();
      if (Thread.interrupted()) {
        terminal.write("\n");
        throw new InterruptedException();
      }
      Optional<Answer> end = key < 0 ? Optional.empty() : taken((byte) key, terminal, line);
      if (end.isPresent()) {
        terminal.write("\n");
        return end.get();
      }
    }
    terminal.write("\n");
    return new Answer.Late();
  }

  private String prompted() {
    return String.join("\n", prompt) + " ";
  }

  private Optional<Answer> taken(byte key, ControllingTerminal terminal, TypedLine line)
      throws IOException {
    int before = line.characters();
    switch (line.take(key)) {
      case ENTERED -> {
        return Optional.of(new Answer.Typed(line.text()));
      }
      case ENDED -> {
        return Optional.of(new Answer.Declined());
      }
      case INTERRUPTED -> {
        terminal.restore();
        terminal.interrupt();
        return Optional.of(new Answer.Declined());
      }
      case SUSPENDED -> {
        terminal.suspend();
        terminal.write("\n" + prompted());
        show(terminal, line.text());
      }
      case ADDED -> show(terminal, new byte[] {key});
      case REMOVED -> show(terminal, "\b \b".getBytes(StandardCharsets.US_ASCII));
      case CLEARED -> show(terminal, "\b \b".repeat(before).getBytes(StandardCharsets.US_ASCII));
      case NONE -> {}
    }
    return Optional.empty();
  }

  private void show(ControllingTerminal terminal, byte[] typed) throws IOException {
    if (echo == Echo.SHOWN) {
      terminal.write(typed);
    }
  }

  /// Text from outside: a few lines, of which a long text keeps the last, with the question.
  static List<String> shown(String text) {
    List<String> lines =
        text.strip()
            .lines()
            .map(line ->
                SafeText.withoutMiddle(
                    line, MOST_CHARACTERS / 2, MOST_CHARACTERS / 2, "characters"))
            .map(SafeText::oneLine)
            .map(line -> "  " + line)
            .toList();
    if (lines.size() <= MOST_LINES) {
      return lines;
    }
    List<String> last = new ArrayList<>(lines.subList(lines.size() - MOST_LINES, lines.size()));
    last.addFirst("  … " + (lines.size() - MOST_LINES) + " lines more above");
    return last;
  }
}
