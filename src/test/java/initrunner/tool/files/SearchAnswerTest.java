package initrunner.tool.files;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchAnswerTest {

  private static final int MAX_BYTES = 100;

  private static Captured printed(String stdout, String stderr) {
    Captured captured = new Captured(10_000);
    captured.stdout(ByteBuffer.wrap(stdout.getBytes(StandardCharsets.UTF_8)));
    captured.stderr(ByteBuffer.wrap(stderr.getBytes(StandardCharsets.UTF_8)));
    return captured;
  }

  private static String answer(String path, String names, String stdout) {
    return new SearchAnswer(path, NamePattern.of(names).orElseThrow(), MAX_BYTES)
        .success(printed(stdout, ""))
        .orElse("none");
  }

  private static String ofLine(String names, String line) {
    return answer(".", names, "0\n" + line + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "., a.txt",
    "src, src/a.txt",
    "src/, src/a.txt",
    "./src, ./src/a.txt",
    "/, /a.txt",
    "/srv/work, /srv/work/a.txt",
  })
  void whatWasFoundStandsUnderThePathByWhichItCanBeRead(String path, String shown) {
    assertThat(answer(path, "*", "0\n./a.txt\0")).isEqualTo(shown);
    assertThat(answer(path, "*", "0\n./a.txt:10:x = 1\n")).isEqualTo(shown + ":10:x = 1");
  }

  @Test
  void namesAreInOrderAndOnlyThoseThatWereAskedFor() {
    assertThat(answer("src", "*.c", "0\n./b.c\0./a/z.c\0./a.h\0")).isEqualTo("src/a/z.c\nsrc/b.c");
    assertThat(answer(".", "*", "0\n./two\nlines\0./ blank\0"))
        .isEqualTo("\" blank\"\n\"two\\nlines\"");
    assertThat(answer(".", "*", "0\n\0./a\0")).isEqualTo("a");
  }

  /// A host whose `find` compares bytes finds too many names.
  @Test
  void linesOfFilesThatWereNotAskedForAreLeftOut() {
    assertThat(answer(".", "?.c", "0\n./a.c:9:x\n./bb.c:1:x\n./c.c:0:y\n"))
        .isEqualTo("a.c:9:x\nc.c:0:y");
    assertThat(ofLine("*.c", "./a.h:1:x")).isEqualTo("(nothing found)");
  }

  @Test
  void aNameMayHoldWhatStandsBehindIt() {
    assertThat(ofLine("*.txt", "./a:5:b.txt:7:x")).isEqualTo("a:5:b.txt:7:x");
    assertThat(ofLine("*.txt", "./a.txt:7:b.txt:8:x")).isEqualTo("a.txt:7:b.txt:8:x");
    assertThat(ofLine("*", "./ a :7: x")).isEqualTo("\" a \":7: x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "./a",
        "./a:",
        "./a:1",
        "./a:12",
        "./a::x",
        "./a:x:",
        "./a:1/2:x",
        "./a:1;x",
        "./a:/:x",
        "./a:;:x",
        "Binary file ./a.c matches",
        "a:1:x",
        ":1:x",
        "a::1:x"
      })
  void aLineWithoutANameAndANumberStaysAsItIs(String line) {
    assertThat(ofLine("*", line)).isEqualTo(line);
  }

  @Test
  void halfACharacterWhereALineIsCutIsNotShown() {
    assertThat(ofLine("*", "./a:1:caf\uFFFD…")).isEqualTo("a:1:caf…");
    assertThat(ofLine("*", "caf\uFFFD…")).isEqualTo("caf…");
  }

  @Test
  void whatIsCutSaysSoAndHoldsNoHalfAName() {
    String full = "./" + "a".repeat(40) + "\0./" + "b".repeat(MAX_BYTES - 45);
    assertThat(full).hasSize(MAX_BYTES);
    assertThat(answer(".", "*", "0\n" + full)).isEqualTo("a".repeat(40) + "\n[truncated]");
    String room = full.substring(0, MAX_BYTES - 2) + "\0";
    assertThat(answer(".", "*", "0\n" + room))
        .isEqualTo("a".repeat(40) + "\n" + "b".repeat(MAX_BYTES - 47));
    assertThat(answer(".", "*", "0\n" + "\n".repeat(MAX_BYTES))).isEqualTo("[truncated]");
  }

  @ParameterizedTest
  @CsvSource({
    "0, ''",
    "1, [1 file was left out: rules of the role deny it]",
    "2, [2 files were left out: rules of the role deny them]",
    "31, [31 files were left out: rules of the role deny them]",
  })
  void filesThatRulesDenyAreCounted(String count, String said) {
    assertThat(answer(".", "*", count + "\n./a\0")).isEqualTo(("a\n" + said).strip());
    assertThat(answer(".", "*", count + "\n")).isEqualTo(("(nothing found)\n" + said).strip());
  }

  @Test
  void complaintsStandBelow() {
    assertThat(
            new SearchAnswer(".", NamePattern.any(), MAX_BYTES)
                .success(printed("0\n./a\0", "find: ./b: Permission denied\n")))
        .hasValue("a\nSTDERR:\nfind: ./b: Permission denied");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\n./a\0", "0", "./a\0"})
  void whatHasNoCountIsNoAnswer(String stdout) {
    assertThat(answer(".", "*", stdout)).isEqualTo("none");
  }
}
