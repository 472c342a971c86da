package initrunner.cli.manual;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPagesCommandTest {

  @TempDir private Path directory;

  @BeforeEach
  void writePages() {
    CapturedConsole console = CapturedConsole.of(Map.of("SOURCE_DATE_EPOCH", "1767225600"));
    assertThat(console.run("man-pages", directory.toString())).isEqualTo(ExitCodes.OK);
  }

  @Test
  void thereIsAPageForTheProgramAndForEachCommandThatTheHelpShows() throws IOException {
    assertThat(pages().map(each -> each.getFileName().toString()))
        .contains("initrunner.1", "initrunner-exec.1", "initrunner-audit-export.1")
        .doesNotContain("initrunner-man-pages.1", "initrunner-audit-verify-chain.1");
  }

  @Test
  void mandocFindsNothing() throws Exception {
    List<String> command = new ArrayList<>(List.of("mandoc", "-Tlint", "-Wwarning"));
    pages().map(Path::toString).forEach(command::add);
    assertThat(said(command)).isEmpty();
  }

  /// Dashes and quotes stay those that a shell reads.
  @Test
  void anExampleCanBeCopiedFromAPage() throws Exception {
    String page =
        said(List.of("mandoc", "-Tutf8", directory.resolve("initrunner-exec.1").toString()));
    assertThat(page.replaceAll(".\b", ""))
        .contains(
            "initrunner-exec - runs one command in a role's sandbox",
            "2026-01-01",
            "initrunner exec --host HOST [--cwd DIR] [OPTIONS] -- ARGV…",
            "initrunner exec role.yaml -- sh -c 'df -h | tail -n 1'",
            "SEE ALSO");
  }

  private Stream<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(directory)) {
      return pages.toList().stream();
    }
  }

  private static String said(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
