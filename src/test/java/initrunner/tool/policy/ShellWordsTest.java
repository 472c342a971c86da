package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShellWordsTest {

  static Stream<Arguments> wholeCommands() {
    return Stream.of(
        arguments("", List.of()),
        arguments("  \t\r\n ", List.of()),
        arguments("a b", List.of("a", "b")),
        arguments("a\tb\nc\rd", List.of("a", "b", "c", "d")),
        arguments("a  'b c'  d", List.of("a", "b c", "d")),
        arguments("''", List.of("")),
        arguments("a ''", List.of("a", "")),
        arguments("''a", List.of("a")),
        arguments("a''b", List.of("ab")),
        arguments("r\"\"m", List.of("rm")),
        arguments("r'm'", List.of("rm")),
        arguments("\\rm", List.of("rm")),
        arguments("a\\ b", List.of("a b")),
        arguments("a\\\nb", List.of("ab")),
        arguments("a \\\n b", List.of("a", "b")),
        arguments("\\\n", List.of()),
        arguments("'a\\\nb'", List.of("a\\\nb")),
        arguments("\"a\\\nb\"", List.of("ab")),
        arguments("\"a\\\"b\"", List.of("a\"b")),
        arguments("\"a\\\\b\"", List.of("a\\b")),
        arguments("\"a\\$b\"", List.of("a$b")),
        arguments("\"a\\`b\"", List.of("a`b")),
        arguments("\"a\\'b\"", List.of("a\\'b")),
        arguments("'a\\'", List.of("a\\")),
        arguments("'a\"b'", List.of("a\"b")),
        arguments("\"a'b\"", List.of("a'b")),
        arguments("'a'\\''b'", List.of("a'b")),
        arguments("a'b'\"c\"d", List.of("abcd")),
        arguments("# a", List.of("#", "a")),
        arguments("a #b", List.of("a", "#b")),
        arguments("a#b", List.of("a#b")),
        arguments("a|b", List.of("a|b")),
        arguments("a | b", List.of("a", "|", "b")),
        arguments("a&&b", List.of("a&&b")),
        arguments("a;b", List.of("a;b")),
        arguments("$(x y)", List.of("$(x", "y)")),
        arguments("`x y`", List.of("`x", "y`")),
        arguments("$HOME *", List.of("$HOME", "*")),
        arguments("\u00e4 \u00f6", List.of("\u00e4", "\u00f6")),
        arguments("'\u00e4 \u00f6'", List.of("\u00e4 \u00f6")),
        arguments("a\u00a0b", List.of("a\u00a0b")),
        arguments("a\u000bb", List.of("a\u000bb")),
        arguments("a\fb", List.of("a\fb")),
        arguments("\"\"", List.of("")),
        arguments("\"\" ''", List.of("", "")),
        arguments(" a ", List.of("a")),
        arguments("\\'", List.of("'")),
        arguments("\\\"", List.of("\"")),
        arguments("\\\\", List.of("\\")),
        arguments("\\  b", List.of(" ", "b")),
        arguments("-x=1 'y'", List.of("-x=1", "y")),
        arguments("\ud83d\ude00 b", List.of("\ud83d\ude00", "b")),
        arguments("\\\t", List.of("\t")),
        arguments("''\\ ''", List.of(" ")),
        arguments("a'' b", List.of("a", "b")),
        arguments("\"\\a\"", List.of("\\a")),
        arguments("\"\\\"\"'\"'", List.of("\"\"")));
  }

  static Stream<Arguments> brokenCommands() {
    return Stream.of(
        arguments("'", "No closing quotation"),
        arguments("\"", "No closing quotation"),
        arguments("\\", "No escaped character"),
        arguments("a 'b", "No closing quotation"),
        arguments("a \"b", "No closing quotation"),
        arguments("\"a\\\"", "No closing quotation"),
        arguments("a\\", "No escaped character"),
        arguments("\"\\", "No escaped character"),
        arguments("'a' \\", "No escaped character"));
  }

  @ParameterizedTest
  @MethodSource("wholeCommands")
  void quotesAndBackslashesGroupWords(String command, List<String> words) throws Exception {
    assertThat(ShellWords.split(command)).isEqualTo(words);
  }

  /// The first, with the file descriptors that belong to it.
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "<f => <",
        "0<f => 0<",
        "ls 10>f => 10>",
        "ls 123>>f => 123>>",
        "ls 1234>f => >",
        "ls x2>f => >",
        "ls \"2\">f => >",
        "ls 2>&1 => 2>&1",
        "ls <&0 => <&0",
        "ls <&- => <&-",
        "ls >&file => >&",
        "ls 2>& => 2>&",
        "ls 2|x => |",
        "ls 2&1 => &",
        "ls &1 => &",
        "ls&&x => &&",
        "ls |& x => |&",
        "{ ls => {",
        "\\{ ls => none",
        "\"{\" ls => none",
        "ls { => none",
        "ls $(a|b) `c|d` => none",
        "ls $(a|b)|c => |",
      })
  void anOperatorIsNamedAsItIsWritten(String command, String operator) throws Exception {
    assertThat(ShellWords.parse(command).operator().orElse("none")).isEqualTo(operator);
  }

  @ParameterizedTest
  @MethodSource("brokenCommands")
  void unmatchedQuotesAreRefused(String command, String message) {
    assertThatThrownBy(() -> ShellWords.split(command))
        .isInstanceOf(ShellWords.SyntaxException.class)
        .hasMessage(message);
  }

  @Property(tries = 1000)
  void quotedWordsComeBackAsTheyWere(@ForAll List<String> words) throws Exception {
    String command = words.stream().map(ShellWordsTest::quote).collect(Collectors.joining(" "));
    assertThat(ShellWords.split(command)).isEqualTo(words);
  }

  @Property(tries = 1000)
  void quotedWordsComeBackWhateverQuotesTheyHold(
      @ForAll
          List<@Chars({'\'', '"', '\\', ' ', '\n', 'a', '$'}) @StringLength(max = 8) String> words)
      throws Exception {
    String command = words.stream().map(ShellWordsTest::quote).collect(Collectors.joining("\t "));
    assertThat(ShellWords.split(command)).isEqualTo(words);
  }

  @Property(tries = 1000)
  void noTextBreaksTheSplitter(
      @ForAll @Chars({'\'', '"', '\\', ' ', '\n', 'a', 'b'}) @StringLength(max = 12) String text) {
    try {
      List<String> words = ShellWords.split(text);
      assertThat(String.join("", words).length()).isLessThanOrEqualTo(text.length());
    } catch (ShellWords.SyntaxException e) {
      assertThat(text).containsAnyOf("'", "\"", "\\");
    }
  }

  /// Without an operator and with closed quotes, a real shell reads the same words.
  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void aRealShellReadsTheSameWords(@ForAll("commands") List<String> commands) throws Exception {
    List<String> readable = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (String command : commands) {
      try {
        ShellWords.Line line = ShellWords.parse(command);
        if (line.operator().isEmpty()) {
          readable.add(command);
          expected.add(line.words());
        }
      } catch (ShellWords.SyntaxException unreadable) {
        assertThat(command).containsAnyOf("'", "\"", "\\");
      }
    }
    assertThat(readable).hasSizeGreaterThan(20);
    assertThat(wordsOfSh(readable)).isEqualTo(expected);
  }

  @Provide
  Arbitrary<List<String>> commands() {
    return Arbitraries.of(
            " ", " ", "\t", "\n", "\\\n", "\\", "'", "'a'", "\"", "\"b\"", "\"\\$\"", "\"\\`\"",
            "x", "y", "{", "}", "|", ">", "&", "\\;", "(", ")", "é")
        .list()
        .ofMaxSize(9)
        .map(parts -> "x" + String.join("", parts))
        .list()
        .ofSize(400);
  }

  private static List<List<String>> wordsOfSh(List<String> commands) throws Exception {
    List<String> argv = new ArrayList<>(List.of("sh", "-c"));
    argv.add("for c do eval \"set -- $c\"; printf '%s\\0' \"$@\"; printf '\\1'; done");
    argv.add("sh");
    argv.addAll(commands);
    Process sh = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String printed = new String(sh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Arrays.stream(printed.split("\1"))
        .map(words -> List.of(words.substring(0, words.length() - 1).split("\0", -1)))
        .toList();
  }

  private static String quote(String word) {
    return "'" + word.replace("'", "'\"'\"'") + "'";
  }
}
