package initrunner.door.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.door.jsonrpc.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TomlEditTest {

  private static final List<String> BOX = List.of("mcp_servers", "box");

  private static final Json.Obj SERVER =
      Json.Obj.EMPTY
          .with("command", "/opt/a \"b\"\\c/initrunner")
          .with("args", Json.Arr.of(List.of("mcp", "--host", "é")));

  private static final String TABLE =
      """
      [mcp_servers.box]
      command = "/opt/a \\"b\\"\\\\c/initrunner"
      args = ["mcp", "--host", "é"]
      """;

  private static String put(String text) {
    return TomlEdit.putTable(text, BOX, SERVER);
  }

  @Test
  void aTableGoesToTheEnd() {
    assertThat(put("")).isEqualTo(TABLE);
    assertThat(put("model = \"x\" # mine\n")).isEqualTo("model = \"x\" # mine\n\n" + TABLE);
    assertThat(put("[a]\nb = 1")).isEqualTo("[a]\nb = 1\n\n" + TABLE);
    assertThat(put("a = 1\r\n")).isEqualTo("a = 1\r\n\r\n" + TABLE.replace("\n", "\r\n"));
  }

  @Test
  void itsValuesAreReplacedWhereTheyStand() {
    String text =
        """
        [mcp_servers."box"] # mine
        args = [
          "old", # one
        ]
        startup_timeout_sec = 20

        [mcp_servers.box.env]
        A = "b"
        """;
    String with = put(text);
    assertThat(with)
        .isEqualTo(
            """
            [mcp_servers."box"] # mine
            args = ["mcp", "--host", "é"]
            startup_timeout_sec = 20
            command = "/opt/a \\"b\\"\\\\c/initrunner"

            [mcp_servers.box.env]
            A = "b"
            """);
    assertThat(put(with)).isEqualTo(with);
    assertThat(TomlEdit.removeTable(with, BOX)).isEmpty();
  }

  @Test
  void aTableInTheMiddleIsTakenOutAlone() {
    assertThat(TomlEdit.removeTable("[a]\nb = 1\n\n" + TABLE + "\n# of c\n[c]\n", BOX))
        .isEqualTo("[a]\nb = 1\n\n# of c\n[c]\n");
  }

  @Test
  void aValueInFrontOfAllTablesStaysThere() {
    assertThat(TomlEdit.putRoot("# top\na = 1\n\n[t]\n", "default", new Json.Text("box")))
        .isEqualTo("# top\na = 1\ndefault = \"box\"\n\n[t]\n");
    assertThat(TomlEdit.putRoot("[t]\n", "default", new Json.Bool(true)))
        .isEqualTo("default = true\n[t]\n");
    assertThat(TomlEdit.removeRoot("a = 1\ndefault = true # x\n[t]\n", "default"))
        .isEqualTo("a = 1\n[t]\n");
  }

  @Test
  void anElementIsKnownByItsKey() {
    Json.Obj box = Json.Obj.EMPTY.with("id", "box").with("program", "p");
    String text = "[[environments]]\nid = \"other\"\n";
    String with = TomlEdit.putElement(text, "environments", "id", box);
    assertThat(with).isEqualTo(text + "\n[[environments]]\nid = \"box\"\nprogram = \"p\"\n");
    assertThat(TomlEdit.putElement(with, "environments", "id", box)).isEqualTo(with);
    assertThat(TomlEdit.removeElement(with, "environments", "id", new Json.Text("box")))
        .isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          a = 1 b                  | 7  | the line should end here
          a                        | 2  | = belongs behind the key
          a = "x                   | 5  | this string does not end
          a = "\\q"                | 6  | there is no such escape
          a = [1 2]                | 8  | a comma or ] belongs here
          a = x                    | 5  | a value belongs here
          [a                       | 3  | ] belongs behind the name of a table
          = 1                      | 1  | a key belongs here
          mcp_servers.box.a = 1    | 1  | mcp_servers.box has no header of its own here
          mcp_servers = {}         | 1  | mcp_servers.box has no header of its own here
          """)
  void anythingElseIsRefusedWithItsPlace(String text, int column, String message) {
    assertThatThrownBy(() -> put(text))
        .isInstanceOfSatisfying(
            SyntaxFault.class,
            fault -> {
              assertThat(fault.getMessage()).startsWith(message);
              assertThat(fault.column()).isEqualTo(column);
            });
  }

  @Test
  void aNameThatIsThereTwiceIsRefused() {
    assertThatThrownBy(() -> put("a = 1\na = 2\n")).hasMessage("the key a is there twice");
    assertThatThrownBy(() -> put("[a]\n[a]\n")).hasMessage("the table a is there twice");
    assertThat(put("[[a]]\n[a.b]\n[[a]]\n[a.b]\n")).endsWith(TABLE);
  }

  @Property(tries = 300)
  void whatIsPutIsTakenOutAgainByteForByte(@ForAll long seed) {
    String text = random(new Random(seed));
    String with = put(text);
    assertThat(TomlEdit.table(with, BOX)).contains(SERVER);
    assertThat(with).startsWith(text);
    assertThat(TomlEdit.removeTable(with, BOX)).isEqualTo(text);
  }

  private static String random(Random random) {
    List<String> values =
        List.of(
            "1_000",
            "0x1F",
            "-1.5e3",
            "inf",
            "true",
            "'C:\\x'",
            "\"a\\tb # no\"",
            "1979-05-27 07:32:00Z",
            "07:32:00",
            "[ 1, # c\n  2,\n]",
            "{ a = 1, b.c = 'x' }",
            "\"\"\"\na \"\" b\\\n   c\"\"\"",
            "'''\n[no.table]\n'''",
            "[]",
            "[[1], ['a']]");
    StringBuilder text = new StringBuilder("# top\n");
    int tables = random.nextInt(4);
    for (int table = 0; table <= tables; table++) {
      if (table > 0) {
        text.append(random.nextBoolean() ? "\n" : "");
        text.append(
            random.nextBoolean() ? "[t" + table + "] # c\n" : "[ 'x y' . t" + table + " ]\n");
      }
      int pairs = random.nextInt(4);
      for (int pair = 0; pair < pairs; pair++) {
        text.append(random.nextBoolean() ? "  " : "").append("k").append(pair).append(" = ");
        text.append(values.get(random.nextInt(values.size())));
        text.append(random.nextBoolean() ? " # end\n" : "\n");
      }
    }
    return text.toString();
  }

  /// Python's own reader sees the table and all that was there before.
  @Property(tries = 5)
  void anotherReaderReadsTheSame(@ForAll long seed) throws Exception {
    String text = random(new Random(seed));
    Process python =
        new ProcessBuilder(
                "/usr/bin/python3",
                "-c",
                """
                import sys, tomllib
                before, after = sys.stdin.buffer.read().decode().split("\\0")
                before, after = tomllib.loads(before), tomllib.loads(after)
                before.setdefault("mcp_servers", {})["box"] = {
                    "command": '/opt/a "b"\\\\c/initrunner', "args": ["mcp", "--host", "é"]}
                print(before == after)
                """)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    python.getOutputStream().write((text + "\0" + put(text)).getBytes(StandardCharsets.UTF_8));
    python.getOutputStream().close();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).isEqualToIgnoringWhitespace("True");
  }
}
