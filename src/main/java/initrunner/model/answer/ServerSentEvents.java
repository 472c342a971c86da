package initrunner.model.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads server-sent events (WHATWG HTML, section 9.2) from a body, and accepts what servers do
/// otherwise: the last event needs no blank line after it, and a line that is a JSON object is an
/// event, too. Bounded per event. For one thread; blocks as its body does.
final class ServerSentEvents {

  private static final int MOST_SHOWN_BYTES = 512;

  private final InputStream body;
  private final int mostEventBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final StringBuilder otherText = new StringBuilder();
  private final byte[] buffer = new byte[8 * 1024];
  private int position;
  private int filled;
  private String name = "";
  private boolean hasData;
  private boolean isAfterCarriageReturn;

  /// @param name the field `event`; empty if it is missing
  record Event(String name, String data) {}

  ServerSentEvents(InputStream body, int mostEventBytes) {
    this.body = body;
    this.mostEventBytes = mostEventBytes;
  }

  /// The start of the lines that belong to no event.
  String otherText() {
    return otherText.toString().strip();
  }

  /// The next event; empty at the body's end.
  ///
  /// @throws AnswerTooLongException if the event exceeds its bound
  Optional<Event> next() throws IOException {
    while (true) {
      Optional<String> read = nextLine();
      if (read.isEmpty()) {
        return dispatched();
      }
      String text = read.get();
      if (text.isEmpty()) {
        Optional<Event> event = dispatched();
        if (event.isPresent()) {
          return event;
        }
      } else if (text.startsWith("{")) {
        return Optional.of(new Event("", text));
      } else {
        field(text);
      }
    }
  }

  private Optional<Event> dispatched() {
    Optional<Event> event =
        hasData
            ? Optional.of(new Event(name, data.toString(StandardCharsets.UTF_8)))
            : Optional.empty();
    name = "";
    hasData = false;
    data.reset();
    return event;
  }

  private void field(String text) throws IOException {
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    String value = rest.startsWith(" ") ? rest.substring(1) : rest;
    switch (field) {
      case "data" -> {
        if (hasData) {
          data.write('\n');
        }
        data.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        hasData = true;
        requireRoom(data.size());
      }
      case "event" -> name = value.strip();
      case "", "id", "retry" -> {}
      default -> {
        if (otherText.length() < MOST_SHOWN_BYTES) {
          otherText.append(text, 0, Math.min(text.length(), MOST_SHOWN_BYTES)).append('\n');
        }
      }
    }
  }

  private int nextByte() throws IOException {
    if (position == filled) {
      position = 0;
      filled = Math.max(0, body.read(buffer));
    }
    return filled == 0 ? -1 : buffer[position++] & 0xFF;
  }

  /// A line ends with CR, LF or both; empty at the body's end.
  private Optional<String> nextLine() throws IOException {
    while (true) {
      int next = nextByte();
      boolean isSecondHalf = isAfterCarriageReturn && next == '\n';
      isAfterCarriageReturn = next == '\r';
      if (isSecondHalf) {
        continue;
      }
      if (next < 0 && line.size() == 0) {
        return Optional.empty();
      }
      if (next < 0 || next == '\n' || next == '\r') {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        return Optional.of(text);
      }
      line.write(next);
      requireRoom(line.size());
    }
  }

  private void requireRoom(int size) throws AnswerTooLongException {
    if (size > mostEventBytes) {
      throw new AnswerTooLongException(mostEventBytes);
    }
  }
}
