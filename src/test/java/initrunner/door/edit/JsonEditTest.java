package initrunner.door.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.door.jsonrpc.Json;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonEditTest {

  private static final List<String> BOX = List.of("servers", "box");

  private static final Json VALUE =
      Json.Obj.EMPTY.with("command", "/bin/x").with("args", Json.Arr.of(List.of("a", "b")));

  private static String put(String text) {
    return JsonEdit.put(text, BOX, VALUE);
  }

  private static String remove(String text) {
    return JsonEdit.remove(text, BOX, _ -> false);
  }

  @Test
  void aValueGoesBehindTheLastOneInTheFormOfTheFile() {
    assertThat(
            put(
                """
                // mine
                {
                    "servers": {
                        "other": {"command": "y"} // the other one
                    },
                    "inputs": [] /* none */
                }
                """))
        .isEqualTo(
            """
            // mine
            {
                "servers": {
                    "other": {"command": "y"}, // the other one
                    "box": {
                        "command": "/bin/x",
                        "args": ["a", "b"]
                    }
                },
                "inputs": [] /* none */
            }
            """);
  }

  @Test
  void whatIsMissingAroundItIsMade() {
    String made =
        """
        {
          "servers": {
            "box": {
              "command": "/bin/x",
              "args": ["a", "b"]
            }
          }
        }
        """;
    assertThat(put("")).isEqualTo(made);
    assertThat(put("{}")).isEqualTo(made.stripTrailing());
    assertThat(put("// mine\n")).isEqualTo("// mine\n" + made);
    assertThat(put("\uFEFF{}")).isEqualTo("\uFEFF" + made.stripTrailing());
  }

  @Test
  void aFileOnOneLineStaysOnOne() {
    assertThat(put("{\"a\": 1}"))
        .isEqualTo(
            "{\"a\": 1, \"servers\": {\"box\": {\"command\": \"/bin/x\", \"args\": [\"a\", \"b\"]}}}");
  }

  @Test
  void aCommaBehindTheLastValueStaysOne() {
    String text = "{\r\n\t\"servers\": {\r\n\t\t\"a\": 1,\r\n\t},\r\n}";
    assertThat(put(text))
        .isEqualTo(
            "{\r\n\t\"servers\": {\r\n\t\t\"a\": 1,\r\n\t\t\"box\": {\r\n\t\t\t\"command\": \"/bin/x\",\r\n"
                + "\t\t\t\"args\": [\"a\", \"b\"]\r\n\t\t},\r\n\t},\r\n}");
    assertThat(remove(put(text))).isEqualTo(text);
  }

  @Test
  void anotherValueInItsPlaceIsReplacedThere() {
    String text = "{\n  \"servers\": {\n    \"box\": 1, // here\n    \"z\": 2\n  }\n}\n";
    assertThat(put(text))
        .contains("    }, // here\n    \"z\": 2\n  }\n}\n")
        .startsWith("{\n  \"servers\": {\n    \"box\": {\n");
    assertThat(put(put(text))).isEqualTo(put(text));
  }

  @Test
  void aCommentInFrontOfWhatIsRemovedStays() {
    assertThat(
            remove(
                "{\n  \"a\": 1,\n  \"servers\": {\n    // of b\n    \"b\": 2, // b\n    \"box\": 3\n  }\n}"))
        .isEqualTo("{\n  \"a\": 1,\n  \"servers\": {\n    // of b\n    \"b\": 2 // b\n  }\n}");
    assertThat(JsonEdit.remove("{\"servers\": { // x\n\"box\": 3 }}", BOX, _ -> true))
        .isEqualTo("{\"servers\": { // x\n }}");
  }

  @Test
  void anElementGoesToTheEndOfItsListOnce() {
    String text = "{\n  \"deny\": [\"Read\"]\n}";
    String added = JsonEdit.add(text, List.of("deny"), new Json.Text("Bash"));
    assertThat(added).isEqualTo("{\n  \"deny\": [\"Read\", \"Bash\"]\n}");
    assertThat(JsonEdit.add(added, List.of("deny"), new Json.Text("Bash"))).isEqualTo(added);
    assertThat(JsonEdit.removeElement(added, List.of("deny"), new Json.Text("Bash"), _ -> false))
        .isEqualTo(text);
    assertThat(JsonEdit.removeElement(text, List.of("deny"), new Json.Text("Read"), _ -> false))
        .isEqualTo("{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"a": 1                  | 1 | 8  | a comma or } belongs here
          {"a" 1}                  | 1 | 6  | a colon belongs behind the name
          {a: 1}                   | 1 | 2  | a name in quotes or } belongs here
          {"a": tru}               | 1 | 7  | a value belongs here
          {"a": "x                 | 1 | 9  | this string does not end
          {"a": "\\q"}             | 1 | 8  | there is no such escape
          {"a": 1} }               | 1 | 10 | something follows the end
          /* {"a": 1}              | 1 | 1  | this comment does not end
          [1]                      | 1 | 1  | an object with "servers" belongs here
          {"servers": [1]}         | 1 | 13 | an object with "box" belongs here
          {"servers":{"box":1,"box":2}} | 1 | 12 | the name "box" is in this object more than once
          """)
  void anythingElseIsRefusedWithItsPlace(String text, int line, int column, String message) {
    assertThatThrownBy(() -> put(text))
        .isInstanceOfSatisfying(
            SyntaxFault.class,
            fault -> {
              assertThat(fault.getMessage()).startsWith(message);
              assertThat(List.of(fault.line(), fault.column())).containsExactly(line, column);
            });
  }

  @Test
  void columnsAreCountedInCharactersOfTheirLine() {
    assertThatThrownBy(() -> put("{\n  \"\uD83D\uDE00é\": x}"))
        .isInstanceOfSatisfying(
            SyntaxFault.class,
            fault -> assertThat(List.of(fault.line(), fault.column())).containsExactly(2, 9));
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> put("[".repeat(100_000))).isInstanceOf(SyntaxFault.class);
  }

  @Property(tries = 500)
  void whatIsPutIsTakenOutAgainByteForByte(@ForAll long seed) {
    String text = RandomJson.object(seed, 1);
    String with = put(text);
    assertThat(JsonEdit.get(with, BOX)).contains(VALUE);
    assertThat(put(with)).isEqualTo(with);
    assertThat(remove(with)).isEqualTo(text);
  }

  @Property(tries = 500)
  void allOtherCharactersStay(@ForAll long seed) {
    String text = RandomJson.object(seed, 0);
    String with = put(text);
    assertThat(isLeftAfterDeletions(text.replaceAll("[ \t\r\n]", ""), with)).isTrue();
  }

  /// Whether the shorter text is the longer one without some of its characters.
  private static boolean isLeftAfterDeletions(String shorter, String longer) {
    int at = 0;
    for (int i = 0; i < longer.length() && at < shorter.length(); i++) {
      at += longer.charAt(i) == shorter.charAt(at) ? 1 : 0;
    }
    return at == shorter.length();
  }

  @Property(tries = 500)
  void aRemovedMemberLeavesTheOthersAsTheyWere(@ForAll long seed) {
    String text = RandomJson.object(seed, 2);
    Json.Obj before = (Json.Obj) JsonEdit.get(text, List.of()).orElseThrow();
    for (String name : before.members().keySet()) {
      String without = JsonEdit.remove(text, List.of(name), _ -> true);
      Json.Obj after = (Json.Obj) JsonEdit.get(without, List.of()).orElseThrow();
      assertThat(after.with(name, before.members().get(name))).isEqualTo(before);
      assertThat(after.get(name)).isEmpty();
    }
  }
}
