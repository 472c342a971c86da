package initrunner.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What [PrepareClassesTest] prepares: records with components of all types, and switches over
/// types.
final class PreparedSample {

  private PreparedSample() {}

  private sealed interface Shape {

    record Empty() implements Shape {}

    record Round(double radius) implements Shape {}

    record Pair(Shape first, Shape second) implements Shape {}

    record Mixed(
        String text,
        boolean flag,
        byte small,
        short shorter,
        char letter,
        int number,
        long big,
        float real,
        double exact,
        Optional<List<String>> words)
        implements Shape {}
  }

  private enum Colour {
    RED,
    GREEN
  }

  private static Shape.Mixed mixed(int number, float real, String text) {
    return new Shape.Mixed(
        text, true, (byte) -3, (short) 300, 'x', number, 1L << 40, real, -0.0, Optional.empty());
  }

  public static void main(String[] args) {
    List<Object> values = new ArrayList<>();
    values.add(new Shape.Empty());
    values.add(new Shape.Empty());
    values.add(new Shape.Round(1.5));
    values.add(new Shape.Round(Double.NaN));
    values.add(new Shape.Round(Double.NaN));
    values.add(new Shape.Pair(new Shape.Round(0), new Shape.Empty()));
    values.add(new Shape.Pair(new Shape.Round(-0.0), new Shape.Empty()));
    values.add(new Shape.Pair(new Shape.Empty(), new Shape.Empty()));
    values.add(mixed(1, 2.5f, "a"));
    values.add(mixed(1, 2.5f, "a"));
    values.add(mixed(2, 2.5f, "a"));
    values.add(mixed(1, Float.NaN, "a"));
    values.add(mixed(1, 2.5f, "b"));
    values.addAll(List.of("one", "two", 1, 2, Colour.RED, Colour.GREEN));
    for (Object value : values) {
      System.out.println(value + " " + Labels.of(value) + (value instanceof Shape s ? of(s) : ""));
      for (Object other : values) {
        if (value.equals(other)) {
          System.out.println("  = " + other + " " + (value.hashCode() == other.hashCode()));
        }
      }
    }
  }

  private static String of(Shape shape) {
    return switch (shape) {
      case Shape.Empty _ -> "empty";
      case Shape.Round(double radius) when radius > 1 -> "large";
      case Shape.Round _ -> "small";
      case Shape.Pair(Shape.Round(double radius), Shape.Empty _) -> "round and empty " + radius;
      case Shape.Pair(Shape first, Shape second) -> of(first) + " and " + of(second);
      case Shape.Mixed mixed -> "mixed " + mixed.number();
    };
  }

  /// A switch whose labels are not only types, which stays as it is.
  private static final class Labels {

    private Labels() {}

    static String of(Object value) {
      return switch (value) {
        case String text -> "text " + text;
        case Integer number when number == 1 -> "one";
        case Integer number -> "number " + number;
        case Colour.RED -> "red";
        case Colour other -> "colour " + other;
        default -> "";
      };
    }
  }
}
