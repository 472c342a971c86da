package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.schema.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/// A file of any bytes is a role, or it has faults that can be shown.
class HostileRoleTest {

  private static final String ROLE =
      Snippet.at("ssh").roleWith("remote_cwd: /srv\ncontrol_persist: \"60s\"")
          + "  tools: &t [{type: shell, allowed_commands: [git]}]\n"
          + "  guardrails: {max_tool_calls: 3, timeout_seconds: 5}\n";

  private Path file = Path.of("");

  @BeforeTry
  void createFile() throws IOException {
    file = Files.createTempFile("role", ".yaml");
  }

  @AfterTry
  void deleteFile() throws IOException {
    Files.deleteIfExists(file);
  }

  @Property(tries = 100)
  void anyBytes(@ForAll byte[] bytes) throws IOException {
    loadsOrIsRefused(bytes);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void aRoleWithAFewPartsReplaced(@ForAll("edits") List<Edit> edits) throws IOException {
    StringBuilder text = new StringBuilder(ROLE);
    for (Edit edit : edits) {
      int from = edit.at() % text.length();
      text.replace(from, Math.min(text.length(), from + edit.length()), edit.with());
    }
    loadsOrIsRefused(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void tokensOfYamlInAnyOrder(@ForAll("tokens") List<String> tokens) throws IOException {
    loadsOrIsRefused(String.join("", tokens).getBytes(StandardCharsets.UTF_8));
  }

  private void loadsOrIsRefused(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      assertThat(RoleLoader.load(file).metadata().name()).isNotBlank();
    } catch (ConfigException e) {
      assertThat(e.faults())
          .isNotEmpty()
          .allSatisfy(fault -> assertThat(fault.toString()).doesNotContainPattern("[\\x00-\\x1f]"));
    }
  }

  record Edit(int at, int length, String with) {}

  @Provide
  Arbitrary<List<Edit>> edits() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 10_000),
            Arbitraries.integers().between(0, 5),
            token())
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<String>> tokens() {
    return token().list().ofMaxSize(40);
  }

  private static Arbitrary<String> token() {
    return Arbitraries.of(
        "a",
        "name",
        "type",
        "shell",
        ": ",
        ":",
        "- ",
        "? ",
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "!x ",
        "|",
        ">",
        "'",
        "\"",
        "\\",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "null",
        "~",
        "true",
        "1",
        "-1",
        "1e999",
        ".nan",
        "0x",
        "\0",
        "\r",
        "\u2028",
        "\uFEFF",
        "\"\\ud800\"",
        "\"\\0\"",
        "😀",
        "spec",
        "host",
        "\"\\e\"");
  }
}
