package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvSplitTest {

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("", List.of()),
        arguments(" \t\n\u000b\f\r", List.of()),
        arguments("a  b", List.of("a", "b")),
        arguments("'' \"\"", List.of("", "")),
        arguments("'a b'c\"d e\"", List.of("a bcd e")),
        arguments("a #b c", List.of("a")),
        arguments("#a", List.of()),
        arguments("a#b", List.of("a#b")),
        arguments("'#a' \"#\"b ''#", List.of("#a", "#b", "#")),
        arguments("a\\_b", List.of("a", "b")),
        arguments("\"a\\_b\"", List.of("a b")),
        arguments("'a\\_b'", List.of("a\\_b")),
        arguments("a\\cb c", List.of("a")),
        arguments("'\\c'", List.of("\\c")),
        arguments("'a\\'b\\\\c'", List.of("a'b\\c")),
        arguments("\\f\\n\\r\\t\\v", List.of("\f\n\r\t\u000b")),
        arguments("\\\"\\#\\$\\'\\\\", List.of("\"#$'\\")),
        arguments("'$x'", List.of("$x")));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void aTextIsSplitAsEnvDoes(String text, List<String> words) {
    assertThat(EnvSplit.words(text)).hasValue(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$x", "\"$x\"", "a\\", "\\q", "\"\\c\"", "'a", "\"a", "a ' b", "'\\'"})
  void whatEnvRefusesOrAVariableDecidesIsNone(String text) {
    assertThat(EnvSplit.words(text)).isEmpty();
  }
}
