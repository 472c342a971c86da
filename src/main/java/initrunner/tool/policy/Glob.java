package initrunner.tool.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A pattern of POSIX's fnmatch over a whole text, case-sensitive: `*` any text, `/` and line ends
/// included, `?` one character, `[a-z]` one of a set, `[!a-z]` one outside of it. A `[` without its
/// `]` stands for itself, and there is no escape character. Immutable. Takes time in proportion to
/// the lengths of pattern and text, for every pattern.
public final class Glob {

  private sealed interface Part {

    record AnyText() implements Part {}

    record AnyOne() implements Part {}

    record One(int character) implements Part {}

    record Set(List<Range> ranges, boolean inverted) implements Part {}
  }

  private record Range(int first, int last) {

    /// Whether its ends are one byte each and mean the same in every fnmatch.
    boolean isPlain() {
      return first <= last && isPlain(first) && isPlain(last);
    }

    private static boolean isPlain(int character) {
      return character > ' ' && character <= '~' && "[]!^\\-".indexOf(character) < 0;
    }

    @Override
    public String toString() {
      String end = first == last ? "" : "-" + Character.toString(last);
      return Character.toString(first) + end;
    }
  }

  private final List<Part> parts;

  private Glob(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  public Glob(String pattern) {
    this(parts(pattern));
  }

  private static List<Part> parts(String pattern) {
    List<Part> parts = new ArrayList<>();
    int[] characters = pattern.codePoints().toArray();
    int at = 0;
    while (at < characters.length) {
      int end = characters[at] == '[' ? endOfSet(characters, at) : -1;
      if (end >= 0) {
        parts.add(set(characters, at + 1, end));
        at = end + 1;
        continue;
      }
      switch (characters[at]) {
        case '*' -> parts.add(new Part.AnyText());
        case '?' -> parts.add(new Part.AnyOne());
        default -> parts.add(new Part.One(characters[at]));
      }
      at++;
    }
    return parts;
  }

  /// The index of the `]`; -1 if there is none. The first character of a set may be a `]` itself.
  private static int endOfSet(int[] characters, int open) {
    int first = open + 1;
    if (first < characters.length && characters[first] == '!') {
      first++;
    }
    for (int at = first + 1; at < characters.length; at++) {
      if (characters[at] == ']') {
        return at;
      }
    }
    return -1;
  }

  private static Part set(int[] characters, int from, int end) {
    boolean inverted = characters[from] == '!';
    int at = inverted ? from + 1 : from;
    List<Range> ranges = new ArrayList<>();
    while (at < end) {
      boolean isRange = at + 2 < end && characters[at + 1] == '-';
      ranges.add(new Range(characters[at], characters[isRange ? at + 2 : at]));
      at += isRange ? 3 : 1;
    }
    return new Part.Set(List.copyOf(ranges), inverted);
  }

  public boolean matches(String text) {
    int[] characters = text.codePoints().toArray();
    int part = 0;
    int at = 0;
    int star = -1;
    int afterStar = 0;
    while (at < characters.length) {
      if (part < parts.size() && parts.get(part) instanceof Part.AnyText) {
        star = part++;
        afterStar = at;
      } else if (part < parts.size() && fits(parts.get(part), characters[at])) {
        part++;
        at++;
      } else if (star >= 0) {
        part = star + 1;
        at = ++afterStar;
      } else {
        return false;
      }
    }
    return parts.subList(part, parts.size()).stream().allMatch(Part.AnyText.class::isInstance);
  }

  /// The patterns for the rest of a text with this beginning: the text matches this if its rest
  /// matches one of them.
  public List<Glob> after(String beginning) {
    SortedSet<Integer> reached = withoutText(new TreeSet<>(List.of(0)));
    for (int character : beginning.codePoints().toArray()) {
      SortedSet<Integer> next = new TreeSet<>();
      for (int part : reached) {
        if (part < parts.size() && fits(parts.get(part), character)) {
          next.add(parts.get(part) instanceof Part.AnyText ? part : part + 1);
        }
      }
      reached = withoutText(next);
    }
    return reached.stream().map(part -> new Glob(parts.subList(part, parts.size()))).toList();
  }

  /// Adds the parts that are reached when `*` matches nothing.
  private SortedSet<Integer> withoutText(SortedSet<Integer> reached) {
    SortedSet<Integer> all = new TreeSet<>(reached);
    for (int part : reached) {
      int at = part;
      while (at < parts.size() && parts.get(at) instanceof Part.AnyText) {
        all.add(++at);
      }
    }
    return all;
  }

  /// The same pattern for an fnmatch that compares bytes. It is exact for ASCII texts, unless a set
  /// holds characters that such a pattern cannot.
  public String ofBytes() {
    return parts.stream().map(part -> ofBytes(part, "?")).collect(Collectors.joining());
  }

  /// A pattern for an fnmatch that compares bytes: it matches each text that this matches, and
  /// perhaps others.
  public String ofBytesAtLeast() {
    return parts.stream().map(part -> ofBytes(part, "?*")).collect(Collectors.joining());
  }

  private static String ofBytes(Part part, String one) {
    return switch (part) {
      case Part.AnyText() -> "*";
      case Part.AnyOne() -> one;
      case Part.One(int wanted) ->
          ("[\\".indexOf(wanted) < 0 ? "" : "\\") + Character.toString(wanted);
      case Part.Set(List<Range> ranges, boolean inverted) -> {
        boolean isPlain = ranges.stream().allMatch(Range::isPlain);
        boolean isOneByte = isPlain && !(inverted && one.length() > 1);
        yield isOneByte
            ? ranges.stream()
                .map(Range::toString)
                .collect(Collectors.joining("", inverted ? "[!" : "[", "]"))
            : one;
      }
    };
  }

  private static boolean fits(Part part, int character) {
    return switch (part) {
      case Part.AnyText(), Part.AnyOne() -> true;
      case Part.One(int wanted) -> wanted == character;
      case Part.Set(List<Range> ranges, boolean inverted) ->
          inverted
              != ranges.stream()
                  .anyMatch(range -> range.first() <= character && character <= range.last());
    };
  }
}
