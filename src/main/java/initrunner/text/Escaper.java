package initrunner.text;

/// Makes one text safe, character by character. Whether a joiner, a selector or a mark may be shown
/// depends on its neighbours, so this remembers the characters before. For one thread.
final class Escaper {

  /// Stands for the missing next character at the end.
  static final int NONE = -1;

  private final SafeForm form;
  private final StringBuilder to;

  /// The character before, or [#NONE] if that one was escaped.
  private int previous = NONE;

  /// The last character shown that is neither a mark nor a selector.
  private int base = NONE;

  private int marks;

  Escaper(SafeForm form, StringBuilder to) {
    this.form = form;
    this.to = to;
  }

  /// Whether the character's form depends on the next one.
  static boolean needsNext(int character) {
    if (character < 0x7F) {
      return character == '\r';
    }
    return character == CharacterKind.ZERO_WIDTH_JOINER
        || character == CharacterKind.ZERO_WIDTH_SPACE
        || CharacterKind.isSelector(character);
  }

  void append(int character, int next) {
    if (character < 0x7F && form.isPlain((char) character)) {
      // As below, for nearly all text.
      to.append((char) character);
      previous = character;
      base = character;
      marks = 0;
      return;
    }
    if (character == '\r' && next == '\n' && form.hasLines()) {
      to.append(form == SafeForm.RECORDS ? "\r" : "");
    } else if (isShown(character, next)) {
      to.appendCodePoint(character);
      remember(character);
    } else {
      form.escape(to, character);
      forget();
    }
  }

  private boolean isShown(int character, int next) {
    if (character < 0x7F) {
      return form.hasLines() && (character == '\n' || character == '\t');
    }
    if (form == SafeForm.EXACT) {
      return CharacterKind.leavesInk(character);
    }
    return switch (character) {
      case CharacterKind.ZERO_WIDTH_NON_JOINER -> CharacterKind.isJoinedScript(joinable());
      case CharacterKind.ZERO_WIDTH_JOINER ->
          CharacterKind.isJoinedScript(joinable()) || isInEmoji(next);
      case CharacterKind.ZERO_WIDTH_SPACE ->
          CharacterKind.isUnspacedScript(joinable()) && CharacterKind.isUnspacedScript(next);
      default ->
          CharacterKind.isSelector(character)
              ? CharacterKind.isSelected(previous, character, next)
              : CharacterKind.isMark(character)
                  ? previous >= ' ' && marks < SafeText.MOST_MARKS
                  : !CharacterKind.isHidden(character);
    };
  }

  /// The letter, below its marks, that a joiner here would join.
  private int joinable() {
    return previous == base || CharacterKind.isMark(previous) ? base : NONE;
  }

  private boolean isInEmoji(int next) {
    boolean follows =
        previous == CharacterKind.EMOJI_SELECTOR
            || Character.isExtendedPictographic(previous)
            || Character.isEmojiModifier(previous);
    return follows && Character.isExtendedPictographic(next);
  }

  private void remember(int character) {
    previous = character;
    if (CharacterKind.isMark(character)) {
      marks++;
    } else if (!CharacterKind.isHidden(character)) {
      base = character;
      marks = 0;
    }
  }

  private void forget() {
    previous = NONE;
    base = NONE;
    marks = 0;
  }
}
