package initrunner.role.file;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files of the largest size, with text that makes a parser backtrack or recurse.
@Timeout(60)
class DotEnvTest {

  private static final int LENGTH = 1_000_000;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"a", "\\\\n", "\\\\\\\\", "'", " ", "#", " #", "\t", "=", "é", "😀"})
  void aQuotedValueMayBeAsLongAsTheFile(String part) throws IOException {
    String inside = part.repeat(LENGTH / part.length() / 4).replace("\\\\", "\\");
    Map<String, String> read = read("A=1\nKEY=\"" + inside + "\" # comment\nB=2\n");

    assertThat(read).containsEntry("A", "1").containsEntry("B", "2").containsKey("KEY");
    assertThat(read.get("KEY")).hasSizeGreaterThan(LENGTH / 20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ", "\t", "# ", " #", "' ", "\" ", "=", "\\", "a ", " a", "export ", "'\"", "a=# "
      })
  @Tag("slow")
  void noRunOfOneThingTakesLongWhereverItStands(String part) throws IOException {
    String run = part.repeat(LENGTH / part.length() / 2);
    for (String line :
        List.of("%s", "A%s", "A=%s", "A=%sx", "A='%s", "A=\"%s", "%sA=1", "A=x%sx")) {
      String text = "FIRST=1\n" + line.formatted(run) + "\nLAST=2\n";
      List<ConfigFault> faults = new ArrayList<>();
      Path file = Files.writeString(directory.resolve(".env"), text);
      assertThat(DotEnv.read(file, faults)).containsEntry("FIRST", "1").containsEntry("LAST", "2");
      assertThat(faults).allMatch(fault -> fault.line() == 2);
    }
  }

  private Map<String, String> read(String text) throws IOException {
    List<ConfigFault> faults = new ArrayList<>();
    Path file = Files.writeString(directory.resolve(".env"), text);
    Map<String, String> read = DotEnv.read(file, faults);
    assertThat(faults).isEmpty();
    return read;
  }
}
