package initrunner.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// The Unicode properties of single characters that decide how they are shown. Stateless.
final class CharacterKind {

  static final int ZERO_WIDTH_SPACE = 0x200B;
  static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  static final int ZERO_WIDTH_JOINER = 0x200D;
  static final int EMOJI_SELECTOR = 0xFE0F;

  private static final int TEXT_SELECTOR = 0xFE0E;
  private static final int KEYCAP = 0x20E3;

  /// The scripts whose letters change their shape with a joiner (the Unicode standard, 23.2).
  private static final Set<UnicodeScript> JOINED =
      Words.of(
              """
              arabic syriac mandaic nko adlam hanifi_rohingya mongolian phags_pa devanagari bengali
              gurmukhi gujarati oriya tamil telugu kannada malayalam sinhala tibetan myanmar khmer
              javanese balinese chakma newa
              """)
          .stream()
          .map(UnicodeScript::forName)
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(UnicodeScript.class)));

  /// The scripts that are written without blanks between words.
  private static final Set<UnicodeScript> UNSPACED =
      EnumSet.of(UnicodeScript.THAI, UnicodeScript.LAO, UnicodeScript.KHMER, UnicodeScript.MYANMAR);

  private CharacterKind() {}

  /// Whether the character leaves ink of its own, or is the plain space.
  static boolean leavesInk(int character) {
    if (character < 0x7F) {
      return character >= ' ';
    }
    return !isBlankLetter(character)
        && switch (Character.getType(character)) {
          case Character.UPPERCASE_LETTER,
              Character.LOWERCASE_LETTER,
              Character.TITLECASE_LETTER,
              Character.MODIFIER_LETTER,
              Character.OTHER_LETTER,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.LETTER_NUMBER,
              Character.OTHER_NUMBER,
              Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION,
              Character.MATH_SYMBOL,
              Character.CURRENCY_SYMBOL,
              Character.MODIFIER_SYMBOL,
              Character.OTHER_SYMBOL ->
              true;
          default -> false;
        };
  }

  /// Whether the character is neither ink nor a blank nor a mark that changes ink: it is invisible,
  /// or its look depends on the terminal.
  static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      // Emoji of a later Unicode are unassigned here, but their code points are reserved.
      case Character.UNASSIGNED -> !Character.isExtendedPictographic(character);
      default -> isBlankLetter(character) || isIgnorableMark(character);
    };
  }

  /// Letters and symbols by category that leave no ink: the Hangul fillers and the empty Braille
  /// cell.
  private static boolean isBlankLetter(int character) {
    return switch (character) {
      case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800 -> true;
      default -> false;
    };
  }

  /// Marks by category that are default-ignorable.
  private static boolean isIgnorableMark(int character) {
    return isSelector(character)
        || character == 0x034F
        || character == 0x17B4
        || character == 0x17B5;
  }

  static boolean isMark(int character) {
    int type = character < 0 ? Character.UNASSIGNED : Character.getType(character);
    return (type == Character.NON_SPACING_MARK
            || type == Character.ENCLOSING_MARK
            || type == Character.COMBINING_SPACING_MARK)
        && !isIgnorableMark(character);
  }

  static boolean isSelector(int character) {
    return (character >= 0xFE00 && character <= EMOJI_SELECTOR)
        || (character >= 0xE0100 && character <= 0xE01EF)
        || isMongolianSelector(character);
  }

  private static boolean isMongolianSelector(int character) {
    return (character >= 0x180B && character <= 0x180D) || character == 0x180F;
  }

  /// Whether a selector changes the character before it.
  static boolean isSelected(int previous, int selector, int next) {
    if (previous < 0) {
      return false;
    }
    if (selector == EMOJI_SELECTOR || selector == TEXT_SELECTOR) {
      return Character.isExtendedPictographic(previous)
          || (next == KEYCAP && Character.isEmojiComponent(previous));
    }
    return isMongolianSelector(selector)
        ? UnicodeScript.of(previous) == UnicodeScript.MONGOLIAN
        : Character.isIdeographic(previous);
  }

  /// Whether a joiner after this letter changes a shape.
  static boolean isJoinedScript(int letter) {
    return letter >= 0 && JOINED.contains(UnicodeScript.of(letter));
  }

  static boolean isUnspacedScript(int letter) {
    return letter >= 0 && UNSPACED.contains(UnicodeScript.of(letter));
  }
}
