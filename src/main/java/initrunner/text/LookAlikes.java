package initrunner.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Names that a person would take for others: letters of two alphabets in one name, or letters of
/// another alphabet that all look like Latin ones. Stateless.
public final class LookAlikes {

  /// The alphabets with letters that look like those of another.
  private static final Set<UnicodeScript> ALPHABETS =
      EnumSet.of(
          UnicodeScript.LATIN,
          UnicodeScript.CYRILLIC,
          UnicodeScript.GREEK,
          UnicodeScript.ARMENIAN,
          UnicodeScript.CHEROKEE,
          UnicodeScript.COPTIC);

  /// Small letters and the Latin ones that they look like (the Unicode standard, UTS 39).
  private static final Map<Integer, Character> LATIN =
      pairs("аa еe оo рp сc уy хx іi јj ѕs ԁd һh ԛq ԝw ӏl ѵv νv οo αa ιi κk ρp υu ոn օo սu հh ցg");

  private LookAlikes() {}

  private static Map<Integer, Character> pairs(String pairs) {
    return Words.of(pairs).stream()
        .collect(Collectors.toMap(pair -> pair.codePointAt(0), pair -> pair.charAt(1)));
  }

  /// Why the name may be taken for another, as the rest of a sentence; empty for most names.
  public static Optional<String> fault(String name) {
    if (name.chars().allMatch(unit -> unit < 0x7F)) {
      return Optional.empty();
    }
    if (!Normalizer.isNormalized(name, Normalizer.Form.NFKC)) {
      String plain = Normalizer.normalize(name, Normalizer.Form.NFKC);
      return Optional.of(
          "is written in other characters than '" + plain + "', which it looks like");
    }
    Set<UnicodeScript> scripts =
        name.codePoints()
            .mapToObj(UnicodeScript::of)
            .filter(ALPHABETS::contains)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(UnicodeScript.class)));
    if (scripts.size() > 1) {
      return Optional.of("mixes letters of " + names(scripts) + foreign(name));
    }
    return seemsLatin(name, scripts)
        ? Optional.of("looks like '" + latin(name) + "', and its letters are " + names(scripts))
        : Optional.empty();
  }

  private static String names(Set<UnicodeScript> scripts) {
    return scripts.stream()
        .map(
            script -> script.name().charAt(0) + script.name().substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" and "));
  }

  private static String foreign(String name) {
    return name.codePoints()
        .filter(Character::isLetter)
        .filter(letter -> UnicodeScript.of(letter) != UnicodeScript.LATIN)
        .mapToObj(letter -> String.format(Locale.ROOT, "%c is U+%04X", letter, letter))
        .distinct()
        .limit(3)
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private static boolean seemsLatin(String name, Set<UnicodeScript> scripts) {
    return !scripts.isEmpty()
        && !scripts.contains(UnicodeScript.LATIN)
        && name.codePoints()
            .filter(Character::isLetter)
            .allMatch(letter -> LATIN.containsKey(Character.toLowerCase(letter)));
  }

  private static String latin(String name) {
    return name.codePoints()
        .map(letter -> {
          Optional<Character> other = Optional.ofNullable(LATIN.get(Character.toLowerCase(letter)));
          return other.isPresent() ? other.get() : letter;
        })
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
