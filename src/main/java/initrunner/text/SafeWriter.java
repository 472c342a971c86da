package initrunner.text;

import java.io.IOException;
import java.io.Writer;

/// Applies [SafeText#lines] to the text on its way, also where a character's form depends on one of
/// an earlier write. An escape of DEL or of a character beyond ASCII is JSON's own, so a JSON text
/// keeps its value. Safe for many threads, as every writer is.
public final class SafeWriter extends Writer {

  private final Writer to;
  private final StringBuilder safe = new StringBuilder();
  private final Escaper escaper;
  private int high = Escaper.NONE;
  private int waiting = Escaper.NONE;

  private SafeWriter(Writer to, SafeForm form) {
    super(to);
    this.to = to;
    this.escaper = new Escaper(form, safe);
  }

  /// For text that people read.
  public static SafeWriter ofLines(Writer to) {
    return new SafeWriter(to, SafeForm.LINES);
  }

  /// For formats that programs read: line ends stay as they are, also CR LF.
  public static SafeWriter ofRecords(Writer to) {
    return new SafeWriter(to, SafeForm.RECORDS);
  }

  @Override
  public void write(char[] units, int offset, int length) throws IOException {
    synchronized (lock) {
      for (int at = offset; at < offset + length; at++) {
        accept(units[at]);
      }
      handOn();
    }
  }

  private void accept(char unit) {
    if (Character.isHighSurrogate(unit)) {
      endSurrogate();
      high = unit;
    } else if (high != Escaper.NONE && Character.isLowSurrogate(unit)) {
      int character = Character.toCodePoint((char) high, unit);
      high = Escaper.NONE;
      accept(character);
    } else {
      endSurrogate();
      accept((int) unit);
    }
  }

  /// The first half of a pair has no other half.
  private void endSurrogate() {
    if (high != Escaper.NONE) {
      int half = high;
      high = Escaper.NONE;
      accept(half);
    }
  }

  private void accept(int character) {
    decide(character);
    if (Escaper.needsNext(character)) {
      waiting = character;
    } else {
      escaper.append(character, Escaper.NONE);
    }
  }

  /// Decides about the waiting character by the next one.
  private void decide(int next) {
    if (waiting != Escaper.NONE) {
      escaper.append(waiting, next);
      waiting = Escaper.NONE;
    }
  }

  private void handOn() throws IOException {
    to.append(safe);
    safe.setLength(0);
  }

  /// Keeps back a character whose form depends on the next one.
  @Override
  public void flush() throws IOException {
    synchronized (lock) {
      to.flush();
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      endSurrogate();
      decide(Escaper.NONE);
      handOn();
      to.close();
    }
  }
}
