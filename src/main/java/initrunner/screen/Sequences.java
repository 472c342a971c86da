package initrunner.screen;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Cuts what a program writes to its terminal into texts and control sequences (ECMA-48), each of
/// which is given on whole. Strings for the terminal itself (titles, colours, the clipboard) are
/// left out, as are the sequences of the kitty keyboard protocol, which emulators take for others.
/// For one thread.
final class Sequences {

  private static final char ESCAPE = '\u001b';
  private static final char BELL = '\u0007';
  private static final char CANCEL = '\u0018';
  private static final char SUBSTITUTE = '\u001a';
  private static final char LAST_OF_C0 = '\u001f';

  /// A longer one is no terminal's.
  private static final int MOST_CHARACTERS = 256;

  /// No screen is as large; an emulator's own sums would overflow.
  private static final Pattern LARGE_NUMBER = Pattern.compile("[0-9]{5,}");

  private static final String LARGEST = "9999";

  private enum State {
    TEXT,
    ESCAPED,
    /// Behind an escape and an intermediate character.
    INTERMEDIATE,
    CONTROL,
    STRING,
    STRING_ESCAPED
  }

  private final Consumer<String> next;
  private final StringBuilder sequence = new StringBuilder();
  private State state = State.TEXT;

  /// @param next gets a piece of text, or one sequence
  Sequences(Consumer<String> next) {
    this.next = next;
  }

  /// Takes more. What follows the last whole piece is kept for the next call.
  void take(CharSequence written) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (state == State.TEXT && c != ESCAPE) {
        text.append(c);
      } else {
        give(text);
        take(c);
      }
    }
    give(text);
  }

  private void give(StringBuilder text) {
    if (!text.isEmpty()) {
      next.accept(text.toString());
      text.setLength(0);
    }
  }

  private void take(char c) {
    switch (state) {
      case TEXT -> begin(c);
      case ESCAPED -> escaped(c);
      case INTERMEDIATE -> within(c, c >= '0' && c <= '~');
      case CONTROL -> within(c, c >= '@' && c <= '~');
      case STRING -> {
        if (c == ESCAPE) {
          state = State.STRING_ESCAPED;
        } else if (c == BELL || c == CANCEL || c == SUBSTITUTE) {
          state = State.TEXT;
        }
      }
      // A sequence that begins within a string ends it.
      case STRING_ESCAPED -> {
        if (c == '\\') {
          state = State.TEXT;
        } else {
          begin(ESCAPE);
          escaped(c);
        }
      }
    }
  }

  private void begin(char c) {
    sequence.setLength(0);
    sequence.append(c);
    state = State.ESCAPED;
  }

  private void escaped(char c) {
    switch (c) {
      case '[' -> {
        sequence.append(c);
        state = State.CONTROL;
      }
      case ']', 'P', 'X', '^', '_' -> state = State.STRING;
      case ESCAPE -> begin(c);
      default -> {
        if (c >= ' ' && c <= '/') {
          sequence.append(c);
          state = State.INTERMEDIATE;
        } else {
          within(c, true);
        }
      }
    }
  }

  private void within(char c, boolean isLast) {
    if (c == ESCAPE) {
      begin(c);
    } else if (c == CANCEL || c == SUBSTITUTE) {
      state = State.TEXT;
    } else if (c <= LAST_OF_C0) {
      // A terminal obeys these in the middle of a sequence.
      next.accept(Character.toString(c));
    } else {
      if (sequence.length() < MOST_CHARACTERS) {
        sequence.append(c);
      }
      if (isLast) {
        state = State.TEXT;
        end();
      }
    }
  }

  private void end() {
    boolean isKeyboard =
        sequence.length() > 3
            && sequence.charAt(sequence.length() - 1) == 'u'
            && "<=>?".indexOf(sequence.charAt(2)) >= 0;
    if (sequence.length() < MOST_CHARACTERS && !isKeyboard) {
      next.accept(LARGE_NUMBER.matcher(sequence).replaceAll(LARGEST));
    }
  }
}
