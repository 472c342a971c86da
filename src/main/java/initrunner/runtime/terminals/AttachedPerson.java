package initrunner.runtime.terminals;

import initrunner.exec.Stdin;
import initrunner.runtime.terminals.AttachFrame.Kind;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A person who watches a terminal from another process, and may take it over: then what the person
/// types goes to the program, what the model types does not, and the terminal has the person's
/// size.
///
/// One thread receives, another one paints; the monitor guards what they share.
final class AttachedPerson implements HeldTerminal.View {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");

  /// The arrow keys as a terminal sends them that is in no mode of its own.
  private static final Pattern CURSOR_KEY = Pattern.compile("\u001b\\[([A-DHF])");

  private static final int MOST_COLUMNS = 500;
  private static final int MOST_ROWS = 200;
  private static final long LEAST_MILLIS_BETWEEN = 15;

  private final HeldTerminal terminal;
  private final TerminalCalls.Place place;
  private final SocketChannel channel;
  private final String name;
  private Optional<AttachPainting> painting = Optional.empty();
  private boolean isChanged;
  private boolean isOver;
  private boolean isGone;
  private boolean holds;

  AttachedPerson(
      HeldTerminal terminal, TerminalCalls.Place place, SocketChannel channel, String name) {
    this.terminal = terminal;
    this.place = place;
    this.channel = channel;
    this.name = name;
  }

  /// Serves the person until they leave or the terminal is closed. Blocks.
  void serve() {
    Thread painter = Thread.ofVirtual().unstarted(this::paint);
    try (channel) {
      AttachFrame.of(
              Kind.ABOUT,
              String.join(
                  "\n",
                  terminal.id(),
                  terminal.command().replace('\n', ' '),
                  place.host(),
                  place.agent(),
                  terminal.holder().orElse("")))
          .send(channel);
      terminal.watchedBy(this);
      painter.start();
      Optional<AttachFrame> frame = AttachFrame.receive(channel);
      while (frame.isPresent()) {
        take(frame.get());
        frame = AttachFrame.receive(channel);
      }
    } catch (IOException gone) {
      System.getLogger(AttachedPerson.class.getName())
          .log(Level.DEBUG, "A person has left a terminal", gone);
    } finally {
      terminal.unwatchedBy(this);
      leave();
      give();
    }
  }

  private void take(AttachFrame frame) throws IOException {
    switch (frame.kind()) {
      case SIZE -> size(frame.text()).ifPresent(this::resize);
      case GIVE -> give();
      case KEYS -> {
        if (frame.content().length > 0) {
          type(new String(frame.content(), StandardCharsets.ISO_8859_1));
        }
      }
      case ABOUT, PAINT, OVER -> {}
    }
  }

  private static Optional<Stdin.Terminal.Size> size(String text) {
    Matcher size = SIZE.matcher(text);
    try {
      return size.matches()
          ? Optional.of(
              new Stdin.Terminal.Size(
                  Math.min(Integer.parseInt(size.group(1)), MOST_COLUMNS),
                  Math.min(Integer.parseInt(size.group(2)), MOST_ROWS)))
          : Optional.empty();
    } catch (IllegalArgumentException noSize) {
      return Optional.empty();
    }
  }

  private void resize(Stdin.Terminal.Size to) {
    boolean isFirst;
    synchronized (this) {
      isFirst = painting.isEmpty();
      painting.ifPresentOrElse(
          known -> known.resize(to), () -> painting = Optional.of(new AttachPainting(to)));
      isChanged = true;
      notifyAll();
    }
    if (isFirst) {
      place.note(terminal, name, "attached");
    } else if (holds()) {
      terminal.resize(withoutStatus(to));
    }
  }

  private static Stdin.Terminal.Size withoutStatus(Stdin.Terminal.Size size) {
    return new Stdin.Terminal.Size(size.columns(), Math.max(1, size.rows() - 1));
  }

  private synchronized boolean holds() {
    return holds;
  }

  private synchronized void holds(boolean now) {
    holds = now;
    isChanged = true;
    notifyAll();
  }

  private synchronized Optional<Stdin.Terminal.Size> ownSize() {
    return painting.map(AttachPainting::size);
  }

  private void take() {
    if (!holds() && terminal.hold(Optional.of(name))) {
      holds(true);
      place.note(terminal, name, "took_over");
      ownSize().ifPresent(size -> terminal.resize(withoutStatus(size)));
    }
  }

  private void give() {
    if (holds()) {
      holds(false);
      var _ = terminal.hold(Optional.empty());
      place.note(terminal, name, "gave_back");
      terminal.resize(terminal.size());
    }
  }

  /// Without the terminal, Enter takes it, and q or Ctrl-C leaves.
  ///
  /// @param keys a character for each byte
  private void type(String keys) throws IOException {
    if (!holds()) {
      switch (keys.charAt(0)) {
        case '\r', '\n' -> take();
        case 'q', '\u0003' -> channel.close();
        default -> {}
      }
    } else {
      String sent =
          terminal.screen().hasApplicationKeys()
              ? CURSOR_KEY.matcher(keys).replaceAll("\u001bO$1")
              : keys;
      var _ = terminal.type(sent.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Override
  public synchronized void changed() {
    isChanged = true;
    notifyAll();
  }

  @Override
  public synchronized void over() {
    isOver = true;
    notifyAll();
  }

  private synchronized void leave() {
    isGone = true;
    notifyAll();
  }

  /// What is to be drawn next; empty when there is nothing more.
  private synchronized Optional<String> next() throws InterruptedException {
    while (!isGone && !isOver && (!isChanged || painting.isEmpty())) {
      wait();
    }
    isChanged = false;
    return isGone || painting.isEmpty()
        ? Optional.empty()
        : Optional.of(painting.get().next(terminal.screen(), status()));
  }

  private String status() {
    if (holds) {
      return " " + terminal.id() + ": you type here. ~g gives it back, ~. leaves ";
    }
    return terminal
        .holder()
        .map(person -> " " + terminal.id() + ": " + person + " has taken it over. q leaves ")
        .orElse(" " + terminal.id() + ": you watch. Enter takes it over, q leaves ");
  }

  private void paint() {
    try (channel) {
      Optional<String> bytes = next();
      while (bytes.isPresent()) {
        AttachFrame.of(Kind.PAINT, bytes.get()).send(channel);
        if (terminal.isOver()) {
          String how =
              terminal
                  .ended()
                  .map(end -> TerminalText.end(end, place.host()))
                  .orElse(TerminalText.FAILED);
          AttachFrame.of(Kind.OVER, "Terminal " + terminal.id() + " " + how).send(channel);
          return;
        }
        Thread.sleep(LEAST_MILLIS_BETWEEN);
        bytes = next();
      }
    } catch (IOException gone) {
      System.getLogger(AttachedPerson.class.getName())
          .log(Level.DEBUG, "A person's terminal cannot be drawn on", gone);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
