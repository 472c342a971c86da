package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrapperGrammarTest {

  /// Of `env`: each reading is what follows, or what stands in the same word.
  @ParameterizedTest
  @CsvSource({
    "-i, NONE",
    "-u, ONE",
    "-iu, ONE",
    "-ivu, ONE",
    "-uA, NONE",
    "-iuA, NONE",
    "-S, SPLIT",
    "-vSx, SPLIT x",
    "-10, NONE",
    "-y, NONE ONE",
    "-yi, NONE",
    "-iy, NONE ONE",
    "-yu, NONE ONE",
    "--unset, ONE",
    "--uns, ONE",
    "--ign, NONE",
    "--ignore-e, NONE",
    "--debug, NONE",
    "--unset=A, NONE",
    "--uns=A, NONE",
    "--split=a=b, SPLIT a=b",
    "--split-string, SPLIT",
    "--other, NONE ONE",
    "--other=x, NONE",
  })
  void anOptionReadsWithAndWithoutAValueWhereItIsNotKnown(String word, String readings) {
    List<String> read =
        WrapperGrammar.of("env").orElseThrow().readings(word).stream()
            .map(reading -> (reading.value() + " " + reading.attached()).strip())
            .sorted()
            .toList();
    assertThat(String.join(" ", read)).isEqualTo(readings);
  }
}
