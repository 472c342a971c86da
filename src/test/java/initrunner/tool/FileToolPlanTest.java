package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.tool.files.FileTool;
import initrunner.tool.policy.PathForms;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The input that each function gives its script, and the calls that it refuses before one starts.
class FileToolPlanTest {

  private static final List<String> EXTENSIONS = List.of(".txt", ".md");

  private static Plan plan(
      FileTool.Function function, List<String> denied, Map<String, Object> arguments) {
    return new FileTool(
            function,
            EXTENSIONS,
            denied,
            new CallBounds(Limits.unbounded(), 5000, Optional.of("/srv/work")))
        .plan(arguments);
  }

  private static Plan plan(FileTool.Function function, Map<String, Object> arguments) {
    return plan(function, List.of(), arguments);
  }

  /// The lines after the first.
  private static String input(Plan plan) {
    byte[] input = ((Stdin.Bytes) ((Plan.Run) plan).command().stdin()).content();
    String text = new String(input, StandardCharsets.UTF_8);
    return text.substring(text.indexOf('\n') + 1);
  }

  private static String refusal(Plan plan) {
    return plan instanceof Plan.Refused(String program, String reason) ? program + reason : "none";
  }

  @Test
  void aFileIsReadWholeOrFromALineToALine() {
    Map<String, Object> path = Map.of("path", "a.txt");
    assertThat(input(plan(FileTool.Function.READ, path)))
        .isEqualTo("set -- 'a.txt' ' .txt .md' '5000' '0' '2000000000';\n");
    assertThat(input(plan(FileTool.Function.READ, Map.of("path", "a.txt", "first_line", 3))))
        .endsWith("'5000' '3' '2000000000';\n");
    assertThat(input(plan(FileTool.Function.READ, Map.of("path", "a.txt", "last_line", 3))))
        .endsWith("'5000' '1' '3';\n");
    assertThat(
            input(
                plan(
                    FileTool.Function.READ,
                    Map.of("path", "a.txt", "first_line", 2, "last_line", 2))))
        .endsWith("'5000' '2' '2';\n");
    assertThat(input(plan(FileTool.Function.LIST, Map.of()))).isEqualTo("set -- '.' '5000';\n");
  }

  @Test
  void aSearchIsForNamesOrForLinesAndNeverInWhatIsDenied() {
    String search = "set -- '.' ' .txt .md' '5000' ";
    assertThat(input(plan(FileTool.Function.SEARCH, Map.of("name", "*.md"))))
        .isEqualTo(search + "'names' '' '1000' 'none' '(' '-name' '*.md' ')';\n");
    assertThat(input(plan(FileTool.Function.SEARCH, Map.of("pattern", "a+"))))
        .isEqualTo(search + "'lines' 'a+' '1000' 'none' '(' '-name' '*' ')';\n");
    assertThat(input(plan(FileTool.Function.SEARCH, List.of("key.pem"), Map.of("pattern", "a"))))
        .isEqualTo(
            search
                + "'lines' 'a' '1000' 'some' '(' '-path' './key.pem' ')'"
                + " '(' '-name' '*' ')';\n");
  }

  @Test
  void whatIsWrittenAndWhatIsReplacedFollowTheArguments() {
    assertThat(input(plan(FileTool.Function.WRITE, Map.of("path", "a.txt", "content", "é\n"))))
        .isEqualTo("set -- 'a.txt' ' .txt .md' '3';\né\n");
    Map<String, Object> edit =
        Map.of("path", "a.txt", "old_text", "é", "new_text", "abc", "replace_all", false);
    assertThat(input(plan(FileTool.Function.EDIT, edit)))
        .startsWith("set -- 'a.txt' ' .txt .md' '4194304' '2' '3' 'one' ")
        .endsWith(";\néabc");
    assertThat(
            input(
                plan(
                    FileTool.Function.EDIT,
                    Map.of("path", "a.txt", "old_text", "a", "replace_all", true))))
        .contains(" '1' '0' 'all' ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..", "../a", "a/../..", "./..", "a/.././..", "//..", "/a/..", "a//../.."})
  void aPathThatLeadsOutIsRefused(String path) {
    assertThat(refusal(plan(FileTool.Function.LIST, Map.of("path", path))))
        .isEqualTo("Error: '" + path + "' leads outside of the root directory.");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "a/..", "a/b/../..", "a/../b", "...", "a..", "/a/b", "..a/b", "a/"})
  void aPathThatComesBackIsTaken(String path) {
    assertThat(plan(FileTool.Function.LIST, Map.of("path", path))).isInstanceOf(Plan.Run.class);
  }

  @ParameterizedTest
  @EnumSource
  void aNulAndAnEmptyPathAreRefused(FileTool.Function function) {
    assertThat(refusal(plan(function, Map.of("path", "")))).isEqualTo("Error: 'path' is empty.");
    for (String name : List.of("path", "name", "pattern", "old_text", "new_text")) {
      for (String value : List.of("\0", "a\0b")) {
        assertThat(refusal(plan(function, Map.of(name, value))))
            .isEqualTo("Error: '" + name + "' holds a NUL character.");
      }
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    String lines = "Error: 'first_line' must be 1 or more, and 'last_line' not be before it.";
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of("first_line", 0),
            Map.of("first_line", -7.5),
            Map.of("last_line", 0),
            Map.of("first_line", 3, "last_line", 2))) {
      assertThat(refusal(plan(FileTool.Function.READ, PathForms.with(wrong, "path", "a"))))
          .isEqualTo(lines);
    }
    assertThat(refusal(plan(FileTool.Function.SEARCH, Map.of("name", ""))))
        .isEqualTo("Error: search_files needs 'pattern' or 'name'.");
    assertThat(refusal(plan(FileTool.Function.SEARCH, Map.of("name", "{a,b}".repeat(9)))))
        .isEqualTo(
            "Error: the braces of 'name' stand for too many patterns: search in several calls.");
    assertThat(refusal(plan(FileTool.Function.WRITE, Map.of("path", "a/"))))
        .isEqualTo("Error: 'a/' is a directory.");
    assertThat(refusal(plan(FileTool.Function.EDIT, Map.of("path", "a", "new_text", "x"))))
        .isEqualTo("Error: 'old_text' is empty; write_file writes a whole file.");
  }

  @Test
  void eachFunctionHasTheNameThatItsParametersAreFor() {
    assertThat(FileTool.Function.values())
        .extracting(function -> new FileTool(function, List.of(), List.of(), bounds()).name())
        .containsExactly("read_file", "list_directory", "search_files", "write_file", "edit_file");
  }

  private static CallBounds bounds() {
    return new CallBounds(Limits.unbounded(), 5000, Optional.empty());
  }

  @ParameterizedTest
  @EnumSource
  void theModelIsToldWhichFilesThereAre(FileTool.Function function) {
    String some = new FileTool(function, EXTENSIONS, List.of(), bounds()).description();
    String all = new FileTool(function, List.of(), List.of(), bounds()).description();
    String only = " Only files named *.txt, *.md.";
    assertThat(some).isEqualTo(function == FileTool.Function.LIST ? all : all + only);
  }
}
