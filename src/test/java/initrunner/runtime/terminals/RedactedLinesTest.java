package initrunner.runtime.terminals;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.text.SecretValues;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RedactedLinesTest {

  private static final String SECRET = "tr0ub4dor&3-staple";
  private static final SecretValues SECRETS = new SecretValues(List.of(SECRET));

  @Test
  void linesWithoutSecretsStayAsTheyAre() {
    List<String> lines = List.of("12345", "12345", "", "12");

    assertThat(RedactedLines.of(lines, 5, SECRETS::redacted)).isEqualTo(lines);
  }

  @Test
  void wideCharactersFillALineSooner() {
    assertThat(RedactedLines.of(List.of("漢字漢字t", "r0ub4dor&3-staple."), 9, SECRETS::redacted))
        .singleElement()
        .asString()
        .startsWith("漢字漢字")
        .doesNotContain("r0ub4dor");
  }

  @Property(tries = 200)
  void noWidthOfATerminalShowsASecret(
      @ForAll @IntRange(min = 1, max = 40) int columns,
      @ForAll @IntRange(min = 0, max = 60) int before,
      @ForAll @Size(max = 5) List<@IntRange(min = 0, max = 9) Integer> after) {
    String text = "x".repeat(before) + SECRET + after;
    List<String> lines = new ArrayList<>();
    for (int at = 0; at < text.length(); at += columns) {
      lines.add(text.substring(at, Math.min(text.length(), at + columns)));
    }

    assertThat(String.join("", RedactedLines.of(lines, columns, SECRETS::redacted)))
        .doesNotContain(SECRET)
        .startsWith("x".repeat(before));
  }
}
