package initrunner.door.edit;

import java.util.List;
import java.util.Random;

/// JSON texts with comments, commas behind last values and blanks of all kinds.
final class RandomJson {

  private static final List<String> BETWEEN =
      List.of(
          "",
          " ",
          "\n",
          "\n  ",
          "\r\n\t",
          " // a \"comment\" {\n",
          "/* [ */",
          " /* a\n b */ ",
          "  \n\n ");

  private static final List<String> SCALARS =
      List.of(
          "1",
          "-0.5e+3",
          "true",
          "null",
          "\"\"",
          "\"a\\\"b\\u00e9 // no comment\"",
          "\"é{[\"",
          "0");

  private final Random random;
  private final StringBuilder text = new StringBuilder();

  private RandomJson(long seed) {
    random = new Random(seed);
  }

  /// An object with at least so many members, none of which has a given name.
  static String object(long seed, int leastMembers) {
    RandomJson json = new RandomJson(seed);
    json.blanks();
    json.members(0, leastMembers);
    json.blanks();
    return json.text.toString();
  }

  private void blanks() {
    text.append(BETWEEN.get(random.nextInt(BETWEEN.size())));
  }

  private void value(int level) {
    int kind = random.nextInt(level > 3 ? 1 : 3);
    switch (kind) {
      case 1 -> members(level, 0);
      case 2 -> elements(level);
      default -> text.append(SCALARS.get(random.nextInt(SCALARS.size())));
    }
  }

  private void members(int level, int least) {
    text.append('{');
    blanks();
    int count = least + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      text.append("\"name ").append(i).append('"');
      blanks();
      text.append(':');
      blanks();
      value(level + 1);
      separate(i, count);
    }
    text.append('}');
  }

  private void elements(int level) {
    text.append('[');
    blanks();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      value(level + 1);
      separate(i, count);
    }
    text.append(']');
  }

  private void separate(int index, int count) {
    blanks();
    if (index < count - 1 || random.nextInt(4) == 0) {
      text.append(',');
      blanks();
    }
  }
}
