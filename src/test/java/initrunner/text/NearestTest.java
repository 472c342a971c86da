package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  private static final List<String> KNOWN =
      List.of("host", "remote_cwd", "connect_timeout", "control_persist", "api_key_env", "type");

  @ParameterizedTest
  @CsvSource({
    "hots, host",
    "hst, host",
    "Host, host",
    "conect_timeout, connect_timeout",
    "connectTimeout, connect_timeout",
    "connect-timeuot, connect_timeout",
    "control_presits, control_persist",
    "api_key, api_key_env",
    "remote, remote_cwd",
    "tpye, type"
  })
  void aTypingMistakeFindsItsWord(String typed, String meant) {
    assertThat(Nearest.to(typed, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"port", "user", "timeout", "x", "''", "___"})
  void anotherWordFindsNone(String typed) {
    assertThat(Nearest.to(typed, List.of("host", "remote_cwd", "connect_timeout", "type")))
        .isEmpty();
  }

  /// A short word is near by one edit alone, and by its beginning from four letters on.
  @ParameterizedTest
  @CsvSource({
    "hxst, host",
    "hxxt, none",
    "hosting, host",
    "apik, api_key_env",
    "api, none",
    "xost, host",
    "tipe, type",
  })
  void howNearIsNearEnough(String typed, String meant) {
    assertThat(Nearest.to(typed, KNOWN).orElse("none")).isEqualTo(meant);
  }

  @Test
  void aWordOfMoreThanSixtyLettersFindsNone() {
    String known = "x".repeat(61);
    assertThat(Nearest.to("x".repeat(60), List.of(known))).contains(known);
    assertThat(Nearest.to(known, List.of(known))).isEmpty();
    assertThat(Nearest.to("ab", List.of("b", "xy"))).isEmpty();
    assertThat(Nearest.question("hots", KNOWN)).isEqualTo("did you mean host?");
  }

  @Test
  void theNearestOfSeveralWins() {
    assertThat(Nearest.to("spec_versoin", List.of("spec_versions", "spec_version")))
        .contains("spec_version");
  }

  @Property(tries = 300)
  void aSwapOfNeighboursIsOneEdit(
      @ForAll @AlphaChars @StringLength(min = 2, max = 12) String word) {
    String swapped = "" + word.charAt(1) + word.charAt(0) + word.substring(2);

    assertThat(Nearest.edits(word, swapped)).isEqualTo(word.equals(swapped) ? 0 : 1);
  }

  @Property(tries = 300)
  void theWayBackIsAsLong(
      @ForAll @AlphaChars @StringLength(max = 12) String one,
      @ForAll @AlphaChars @StringLength(max = 12) String other) {
    assertThat(Nearest.edits(one, other)).isEqualTo(Nearest.edits(other, one));
  }
}
