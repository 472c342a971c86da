package initrunner.screen;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.utils.ScreenTerminal;

/// What a terminal shows of what a program writes to it, in the terms of xterm. Lines that have
/// scrolled off the screen are kept until they are taken, the last [#MOST_LINES] of them.
///
/// Safe for many threads: its monitor guards all of it, and nothing blocks.
public final class TerminalScreen {

  /// For the variable `TERM`.
  public static final String TYPE = "xterm-256color";

  /// Most lines that are kept.
  public static final int MOST_LINES = 2000;

  private static final String FORGET_HISTORY = "\u001b[3J";
  private static final int PIECE_CHARACTERS = 4096;
  private static final int LINES_OF_EMULATOR = 200;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final CharBuffer decoded = CharBuffer.allocate(PIECE_CHARACTERS);
  private final Sequences sequences = new Sequences(this::write);
  private final StringBuilder answers = new StringBuilder();
  private final Deque<String> scrolledOff = new ArrayDeque<>();
  private ByteBuffer undecoded = ByteBuffer.allocate(0);
  private ScreenTerminal emulator;
  private long countScrolledOff;
  private boolean hasApplicationKeys;
  private boolean isPasteBracketed;

  /// @throws IllegalArgumentException if no terminal is as small or as large
  public TerminalScreen(int columns, int rows) {
    emulator = new ScreenTerminal(columns, rows);
  }

  /// Shows what a program has written.
  ///
  /// @return what a terminal answers to that, for the program to read; often empty
  public synchronized String write(ByteBuffer bytes) {
    ByteBuffer all = ByteBuffer.allocate(undecoded.remaining() + bytes.remaining());
    all.put(undecoded).put(bytes).flip();
    boolean more = true;
    while (more) {
      more = decoder.decode(all, decoded, false).isOverflow();
      decoded.flip();
      sequences.take(decoded);
      decoded.clear();
    }
    undecoded = ByteBuffer.allocate(all.remaining()).put(all).flip();
    String answer = answers.toString();
    answers.setLength(0);
    return answer;
  }

  /// One sequence, or text without one.
  private void write(String piece) {
    switch (piece) {
      case "\u001b[?1h" -> hasApplicationKeys = true;
      case "\u001b[?1l" -> hasApplicationKeys = false;
      case "\u001bc" -> {
        reset();
        return;
      }
      case "\u001b[?2004h" -> isPasteBracketed = true;
      case "\u001b[?2004l" -> isPasteBracketed = false;
      default -> {}
    }
    try {
      emulator.write(known(piece));
      answers.append(emulator.read());
    } catch (RuntimeException ofTheEmulator) {
      emulator = new ScreenTerminal(emulator.getColumns(), emulator.getRows());
    }
    if (emulator.getHistorySize() > LINES_OF_EMULATOR) {
      takeHistory();
    }
  }

  /// The emulator keeps parts of its state at RIS.
  private void reset() {
    takeHistory();
    hasApplicationKeys = false;
    isPasteBracketed = false;
    emulator = new ScreenTerminal(emulator.getColumns(), emulator.getRows());
  }

  /// The emulator knows one of the names that the other screen of a terminal has.
  private static String known(String sequence) {
    return switch (sequence) {
      case "\u001b[?47h", "\u001b[?1047h" -> "\u001b[?1049h";
      case "\u001b[?47l", "\u001b[?1047l" -> "\u001b[?1049l";
      default -> sequence;
    };
  }

  private void takeHistory() {
    for (long[] line : emulator.getHistory()) {
      countScrolledOff++;
      scrolledOff.addLast(text(line, 0, line.length).stripTrailing());
      if (scrolledOff.size() > MOST_LINES) {
        scrolledOff.removeFirst();
      }
    }
    emulator.write(FORGET_HISTORY);
  }

  /// A copy of what is shown.
  ///
  /// @param lines one string a row, without the blanks at its end; of the rows that are empty at
  ///   the end, none
  /// @param cursorColumn from 0
  /// @param cursorRow from 0
  /// @param highlighted the texts in reversed colours, as the chosen line of a menu
  /// @param beforeCursor of the cursor's row, up to the cursor
  public record Shown(
      List<String> lines,
      int cursorColumn,
      int cursorRow,
      List<String> highlighted,
      String beforeCursor) {}

  public synchronized Shown shown() {
    int columns = emulator.getColumns();
    int rows = emulator.getRows();
    long[] cells = new long[columns * rows];
    int[] cursor = new int[2];
    emulator.dump(cells, cursor);
    List<String> lines = new ArrayList<>();
    List<String> highlighted = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      lines.add(text(cells, row * columns, columns).stripTrailing());
      highlighted.addAll(inverse(cells, row * columns, columns));
    }
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    int column = Math.clamp(cursor[0], 0, columns - 1);
    int row = Math.clamp(cursor[1], 0, rows - 1);
    return new Shown(
        Collections.unmodifiableList(lines),
        column,
        row,
        Collections.unmodifiableList(highlighted),
        text(cells, row * columns, column));
  }

  /// The lines that have scrolled off and were not taken yet, and those of the screen.
  public synchronized List<String> lines() {
    takeHistory();
    List<String> all = new ArrayList<>(scrolledOff);
    all.addAll(shown().lines());
    return Collections.unmodifiableList(all);
  }

  public synchronized int columns() {
    return emulator.getColumns();
  }

  /// A part of a row that looks alike.
  ///
  /// @param rendition the parameters of SGR (ECMA-48), empty for plain text
  public record Part(String text, String rendition) {}

  /// What is shown, as it looks.
  ///
  /// @param rows the parts of each row, as many as the screen has
  /// @param cursorColumn from 0
  /// @param cursorRow from 0
  public record Look(List<List<Part>> rows, int cursorColumn, int cursorRow) {}

  /// What is shown in the first columns, as it looks.
  public synchronized Look look(int mostColumns) {
    int columns = emulator.getColumns();
    int rows = emulator.getRows();
    long[] cells = new long[columns * rows];
    int[] cursor = new int[2];
    emulator.dump(cells, cursor);
    List<List<Part>> looks = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      looks.add(parts(cells, row * columns, Math.min(columns, mostColumns)));
    }
    return new Look(
        Collections.unmodifiableList(looks),
        Math.clamp(cursor[0], 0, columns - 1),
        Math.clamp(cursor[1], 0, rows - 1));
  }

  private static List<Part> parts(long[] cells, int from, int length) {
    List<Part> parts = new ArrayList<>();
    int begin = from;
    for (int i = from + 1; i <= from + length; i++) {
      boolean isSame =
          i < from + length
              && ScreenTerminal.cellAttr(cells[i]) == ScreenTerminal.cellAttr(cells[begin]);
      if (!isSame) {
        parts.add(new Part(text(cells, begin, i - begin), rendition(cells[begin])));
        begin = i;
      }
    }
    return Collections.unmodifiableList(parts);
  }

  private static String rendition(long cell) {
    List<String> parameters = new ArrayList<>();
    if (ScreenTerminal.cellBold(cell)) {
      parameters.add("1");
    }
    if (ScreenTerminal.cellDim(cell)) {
      parameters.add("2");
    }
    if (ScreenTerminal.cellItalic(cell)) {
      parameters.add("3");
    }
    if (ScreenTerminal.cellUnderline(cell)) {
      parameters.add("4");
    }
    if (ScreenTerminal.cellInverse(cell)) {
      parameters.add("7");
    }
    if (ScreenTerminal.cellHasForeground(cell)) {
      parameters.add("38;2;" + colour(ScreenTerminal.cellForeground(cell)));
    }
    if (ScreenTerminal.cellHasBackground(cell)) {
      parameters.add("48;2;" + colour(ScreenTerminal.cellBackground(cell)));
    }
    return String.join(";", parameters);
  }

  private static String colour(int ofCell) {
    int rgb = ScreenTerminal.cellColorRgb(ofCell);
    return (rgb >> 16 & 0xFF) + ";" + (rgb >> 8 & 0xFF) + ";" + (rgb & 0xFF);
  }

  private static String text(long[] cells, int from, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = from; i < from + length; i++) {
      int character = ScreenTerminal.cellCodePoint(cells[i]);
      // The second half of a wide character holds none.
      if (character != 0) {
        text.appendCodePoint(character);
      }
    }
    return text.toString();
  }

  private static List<String> inverse(long[] cells, int from, int length) {
    List<String> found = new ArrayList<>();
    int begin = from;
    for (int i = from; i <= from + length; i++) {
      boolean isInverse = i < from + length && ScreenTerminal.cellInverse(cells[i]);
      if (!isInverse) {
        String text = text(cells, begin, i - begin).strip();
        if (!text.isEmpty()) {
          found.add(text);
        }
        begin = i + 1;
      }
    }
    return found;
  }

  /// Lines that have scrolled off the screen at its top.
  ///
  /// @param lines the last of them
  /// @param count of all
  public record ScrolledOff(List<String> lines, long count) {}

  /// The lines that have scrolled off since the last call of this.
  public synchronized ScrolledOff takeScrolledOff() {
    takeHistory();
    ScrolledOff taken = new ScrolledOff(List.copyOf(scrolledOff), countScrolledOff);
    scrolledOff.clear();
    countScrolledOff = 0;
    return taken;
  }

  /// Shows it in another size. Lines are not wrapped anew.
  public synchronized void resize(int columns, int rows) {
    try {
      emulator.setSize(Size.of(columns, rows));
    } catch (RuntimeException ofTheEmulator) {
      emulator = new ScreenTerminal(columns, rows);
    }
  }

  /// Whether the program wants the arrow keys of its application mode (DECCKM).
  public synchronized boolean hasApplicationKeys() {
    return hasApplicationKeys;
  }

  /// Whether the program wants to be told what is pasted.
  public synchronized boolean isPasteBracketed() {
    return isPasteBracketed;
  }
}
