package initrunner.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Lists of names that differ in a number, as `web[01-03,7].example.com`: how cluster tools write
/// hosts. Stateless.
public final class NumberedNames {

  /// More names than this are no list that a person means.
  public static final int MOST = 10_000;

  private static final String NUMBER = "[0-9]{1,9}";
  private static final Pattern DIGITS = Pattern.compile("(?<![0-9])" + NUMBER + "(?![0-9])");
  private static final String RANGE = NUMBER + "(?:-" + NUMBER + ")?";
  private static final Pattern RANGES =
      Pattern.compile("([^\\[]*)\\[(" + RANGE + "(?:," + RANGE + ")*)](.*)");

  /// A name around its number.
  ///
  /// @param hasNumber false for a whole name in front
  private record Frame(String before, String behind, boolean hasNumber) {

    static Frame whole(String name) {
      return new Frame(name, "", false);
    }
  }

  /// A name as a frame and a number.
  private record Numbered(Frame frame, String number) {

    String name() {
      return frame.before() + number + frame.behind();
    }
  }

  private NumberedNames() {}

  /// The words between the commas of a list; a comma in brackets is part of a word.
  public static List<String> words(String list) {
    return List.of(list.split(",(?![^\\[\\]]*])", -1));
  }

  /// The names that a word stands for, in its order: `web[1-3]` is three, and a word without ranges
  /// is one.
  ///
  /// @throws IllegalArgumentException if a range runs backwards, or they are more than [#MOST]
  public static List<String> expand(String word) {
    Matcher ranges = RANGES.matcher(word);
    if (!ranges.matches()) {
      return List.of(word);
    }
    List<String> rest = expand(ranges.group(3));
    List<String> names = new ArrayList<>();
    for (String range : ranges.group(2).split(",", -1)) {
      for (String number : numbers(range)) {
        if (names.size() + rest.size() > MOST) {
          throw new IllegalArgumentException("'" + word + "' is more than " + MOST + " names");
        }
        rest.forEach(behind -> names.add(ranges.group(1) + number + behind));
      }
    }
    return names;
  }

  /// A number with zeros in front keeps its length.
  private static List<String> numbers(String range) {
    int dash = range.indexOf('-');
    if (dash < 0) {
      return List.of(range);
    }
    String first = range.substring(0, dash);
    long from = Long.parseLong(first);
    long to = Long.parseLong(range.substring(dash + 1));
    if (to < from) {
      throw new IllegalArgumentException(
          "[" + range + "] runs backwards; write the smaller number in front");
    }
    if (to - from >= MOST) {
      throw new IllegalArgumentException("[" + range + "] is more than " + MOST + " names");
    }
    int digits = hasZerosInFront(first) ? first.length() : 1;
    return Stream.iterate(from, number -> number <= to, number -> number + 1)
        .map(number -> ("%0" + digits + "d").formatted(number))
        .toList();
  }

  private static boolean hasZerosInFront(String number) {
    return number.length() > 1 && number.charAt(0) == '0';
  }

  /// The names as a short list that [#words] and [#expand] read: each name once, those that differ
  /// in a number together, where the first of them stood.
  public static String compact(Collection<String> names) {
    List<String> distinct = names.stream().distinct().toList();
    Map<Frame, Integer> sizes = new HashMap<>();
    distinct.forEach(
        name -> readings(name).forEach(each -> sizes.merge(each.frame(), 1, Integer::sum)));
    SequencedMap<Frame, List<Numbered>> groups = new LinkedHashMap<>();
    for (String name : distinct) {
      Numbered chosen =
          readings(name).stream()
              .max(Comparator.comparingInt(each -> sizes.getOrDefault(each.frame(), 0)))
              .orElseGet(() -> new Numbered(Frame.whole(name), ""));
      groups.computeIfAbsent(chosen.frame(), _ -> new ArrayList<>()).add(chosen);
    }
    return String.join(",", groups.values().stream().map(NumberedNames::together).toList());
  }

  /// Each way to take one number of a name for what it differs in. A name with characters that mean
  /// something in a list has none.
  private static List<Numbered> readings(String name) {
    return name.contains("[") || name.contains("]") || name.contains(",")
        ? List.of()
        : DIGITS
            .matcher(name)
            .results()
            .map(found ->
                new Numbered(
                    new Frame(name.substring(0, found.start()), name.substring(found.end()), true),
                    found.group()))
            .toList();
  }

  private static String together(List<Numbered> group) {
    if (group.size() == 1) {
      return group.getFirst().name();
    }
    List<String> numbers =
        group.stream()
            .map(Numbered::number)
            .sorted(
                Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
            .toList();
    Frame frame = group.getFirst().frame();
    return frame.before() + "[" + String.join(",", ranges(numbers)) + "]" + frame.behind();
  }

  private static List<String> ranges(List<String> numbers) {
    List<String> ranges = new ArrayList<>();
    for (int from = 0; from < numbers.size(); ) {
      int to = from;
      while (to + 1 < numbers.size() && follows(numbers.get(to), numbers.get(to + 1))) {
        to++;
      }
      ranges.add(to == from ? numbers.get(from) : numbers.get(from) + "-" + numbers.get(to));
      from = to + 1;
    }
    return ranges;
  }

  private static boolean follows(String number, String next) {
    boolean isSameLength =
        number.length() == next.length()
            || (!hasZerosInFront(number)
                && !hasZerosInFront(next)
                && number.length() < next.length());
    return isSameLength && Long.parseLong(next) == Long.parseLong(number) + 1;
  }
}
