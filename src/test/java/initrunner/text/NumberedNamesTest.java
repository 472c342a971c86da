package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberedNamesTest {

  @Provide
  Arbitrary<List<String>> names() {
    Arbitrary<String> word = Arbitraries.of("web", "db", "", "a.b", "gpu-1-");
    Arbitrary<String> number =
        Arbitraries.integers()
            .between(0, 120)
            .flatMap(each -> Arbitraries.of("" + each, "0" + each, ""));
    return Combinators.combine(word, number, word, number)
        .as((first, one, second, other) -> first + one + second + other)
        .filter(name -> !name.isEmpty())
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 500)
  void aShortListStandsForTheSameNames(@ForAll("names") List<String> names) {
    String list = NumberedNames.compact(names);
    List<String> read =
        list.isEmpty()
            ? List.of()
            : NumberedNames.words(list).stream()
                .flatMap(word -> NumberedNames.expand(word).stream())
                .toList();
    assertThat(read)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(names.stream().distinct().toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web[1-3]|web1 web2 web3",
        "web[08-10].example|web08.example web09.example web10.example",
        "web[9-10]|web9 web10",
        "r[1-2]n[1,4-5]|r1n1 r1n4 r1n5 r2n1 r2n4 r2n5",
        "web|web",
        "web[a]|web[a]",
      })
  void aWordWithRangesIsSeveralNames(String word, String names) {
    assertThat(NumberedNames.expand(word)).isEqualTo(List.of(names.split(" ", -1)));
  }

  @Test
  void namesThatDifferInANumberStandTogether() {
    assertThat(
            NumberedNames.compact(
                List.of("db", "web09", "web08", "web10", "web12", "x1.lan", "x2.lan")))
        .isEqualTo("db,web[08-10,12],x[1-2].lan");
  }

  @Test
  void aCommaInBracketsIsPartOfAWord() {
    assertThat(NumberedNames.words("a,web[1,3],b")).containsExactly("a", "web[1,3]", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web[3-1]", "web[1-99999]", "a[1-999]b[1-999]"})
  void aRangeThatNoPersonMeansIsRefused(String word) {
    assertThatThrownBy(() -> NumberedNames.expand(word))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
