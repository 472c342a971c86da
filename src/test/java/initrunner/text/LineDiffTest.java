package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LineDiffTest {

  @Test
  void linesAreShownWithThoseAroundThem() {
    assertThat(LineDiff.of("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"))
        .containsExactly("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+x", " 6", " 7", " 8");
  }

  @Test
  void distantChangesAreApart() {
    assertThat(LineDiff.of("a\n" + "=\n".repeat(9) + "b\n", "=\n".repeat(9) + "b\nc\n"))
        .containsExactly(
            "@@ -1,4 +1,3 @@", "-a", " =", " =", " =", "@@ -9,3 +8,4 @@", " =", " =", " b", "+c");
  }

  @Test
  void aMissingLineEndIsADifference() {
    assertThat(LineDiff.of("a", "a\n"))
        .containsExactly("@@ -1,1 +1,1 @@", "-a", "\\ no line end", "+a");
    assertThat(LineDiff.of("a\n", "a\n")).isEmpty();
    assertThat(LineDiff.of("", "a\n")).containsExactly("@@ -1,0 +1,1 @@", "+a");
  }

  @Property(tries = 200)
  void theMarkedLinesLeadFromOneTextToTheOther(@ForAll long seed) {
    Random random = new Random(seed);
    String before = text(random);
    String after = text(random);
    long removed = LineDiff.of(before, after).stream().filter(each -> each.startsWith("-")).count();
    long added = LineDiff.of(before, after).stream().filter(each -> each.startsWith("+")).count();
    assertThat(before.lines().count() - removed).isEqualTo(after.lines().count() - added);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int lines = random.nextInt(12);
    for (int i = 0; i < lines; i++) {
      text.append((char) ('a' + random.nextInt(4))).append('\n');
    }
    return text.toString();
  }
}
