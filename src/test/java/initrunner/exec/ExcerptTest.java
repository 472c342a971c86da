package initrunner.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExcerptTest {

  @Test
  void whatFitsStaysAsItIs() {
    Excerpt whole = new Excerpt("häh", 0, "");
    assertThat(whole.within(4)).isEqualTo(whole);
    assertThat(whole.text()).isEqualTo("häh");
    Excerpt cut = new Excerpt("ab", 1000, "yz");
    assertThat(cut.within(4)).isEqualTo(cut);
    assertThat(cut.text()).isEqualTo("ab\n[… 1.0 kB omitted …]\nyz");
  }

  @Test
  void bothEndsAreKeptAndTheRestIsCounted() {
    assertThat(new Excerpt("abcdefghij", 0, "").within(4)).isEqualTo(new Excerpt("ab", 6, "ij"));
    assertThat(new Excerpt("abcd", 100, "wxyz").within(5)).isEqualTo(new Excerpt("ab", 103, "xyz"));
    assertThat(new Excerpt("abcd", 0, "").within(0)).isEqualTo(new Excerpt("", 4, ""));
  }

  @Test
  void noCharacterIsSplit() {
    assertThat(new Excerpt("😀😀😀", 0, "").within(11)).isEqualTo(new Excerpt("😀", 4, "😀"));
    assertThat(new Excerpt("äöü", 0, "").within(3)).isEqualTo(new Excerpt("", 4, "ü"));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1 B",
    "999,999 B",
    "1000,1.0 kB",
    "1449,1.4 kB",
    "999949,999.9 kB",
    "1000000,1.0 MB",
    "999940000,999.9 MB",
    "1000000000,1.0 GB",
    "2500000000000,2500.0 GB"
  })
  void whatIsMissingHasASize(long bytes, String size) {
    assertThat(new Excerpt("a", bytes, "z").text()).isEqualTo("a\n[… " + size + " omitted …]\nz");
  }

  @Test
  void ofACutTextWholeLinesCanBeKeptAndTheRestIsCounted() {
    Excerpt whole = new Excerpt("a\nb", 0, "");
    assertThat(whole.ofWholeLines()).isEqualTo(whole);
    assertThat(new Excerpt("a\nhä", 10, "x\ny\nz").ofWholeLines())
        .isEqualTo(new Excerpt("a\n", 15, "y\nz"));
    assertThat(new Excerpt("a\n", 10, "\ny\n").ofWholeLines())
        .isEqualTo(new Excerpt("a\n", 11, "y\n"));
    assertThat(new Excerpt("ab", 10, "yz").ofWholeLines()).isEqualTo(new Excerpt("", 14, ""));
  }

  @Property(tries = 500)
  void nothingIsLostUncounted(
      @ForAll @StringLength(max = 60) String text, @ForAll @IntRange(max = 80) int maxBytes) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    Excerpt excerpt = new Excerpt(text, 0, "").within(maxBytes);
    assertThat(excerpt.keptBytes()).isLessThanOrEqualTo(maxBytes);
    assertThat(excerpt.keptBytes() + excerpt.omittedBytes()).isEqualTo(bytes);
    assertThat(text).startsWith(excerpt.head()).endsWith(excerpt.tail());
    assertThat(excerpt.isCut()).isEqualTo(bytes > maxBytes);
  }
}
