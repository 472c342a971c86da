package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import initrunner.exec.Captured;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "a b", "a\"b", "it's", "é", "-x", "a/b", "\\x"})
  void aNameThatCanBeSeenStandsAsItIs(String name) {
    assertThat(Shown.name(name)).isEqualTo(name);
  }

  static Stream<Arguments> hiddenNames() {
    return Stream.of(
        arguments("", "\"\""),
        arguments(" a", "\" a\""),
        arguments("a ", "\"a \""),
        arguments("\"a\"", "\"\\\"a\\\"\""),
        arguments("a\nb", "\"a\\nb\""),
        arguments("a\u202Eb", "\"a\\u202Eb\""));
  }

  @ParameterizedTest
  @MethodSource("hiddenNames")
  void aNameThatCannotBeSeenWholeIsAJsonString(String name, String shown) {
    assertThat(Shown.name(name)).isEqualToIgnoringCase(shown);
  }

  @Test
  void aPathFromHereNeedsNoDot() {
    assertThat(Shown.withoutDot("./a/b")).isEqualTo("a/b");
    assertThat(Shown.withoutDot("../a")).isEqualTo("../a");
    assertThat(Shown.withoutDot("a/./b")).isEqualTo("a/./b");
  }

  @Test
  void theLastOfWhatIsCutIsLeftOut() {
    assertThat(Shown.separated("a\0bc\0\0", false)).containsExactly("a", "bc");
    assertThat(Shown.separated("a\0bc", false)).containsExactly("a", "bc");
    assertThat(Shown.separated("a\0bc", true)).containsExactly("a");
    assertThat(Shown.separated("\0bc", true)).isEmpty();
    assertThat(Shown.separated("\0bc", false)).containsExactly("bc");
    assertThat(Shown.separated("abc", false)).isEmpty();
    assertThat(Shown.separated("", true)).isEmpty();
  }

  private static String complaining(String stderr) {
    Captured captured = new Captured(100_000);
    captured.stderr(ByteBuffer.wrap(stderr.getBytes(StandardCharsets.UTF_8)));
    return Shown.withComplaints("text", captured);
  }

  @Test
  void complaintsStandBelowTheTextButForThoseOfAClosedPipe() {
    assertThat(complaining("")).isEqualTo("text");
    assertThat(complaining("find: 'b': no\nls: c\n"))
        .isEqualTo("text\nSTDERR:\nfind: 'b': no\nls: c");
    assertThat(
            complaining("sort: write failed: Broken pipe\nxargs: grep: terminated by signal 13\n"))
        .isEqualTo("text");
    assertThat(complaining("cat: SIGPIPE\nls: Broken pipe dreams\n"))
        .isEqualTo("text\nSTDERR:\nls: Broken pipe dreams");
  }

  @Test
  void complaintsAreBounded() {
    assertThat(complaining("x".repeat(50_000))).contains("omitted").hasSizeLessThan(2100);
  }
}
