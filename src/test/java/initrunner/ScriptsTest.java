package initrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `shellcheck` reads all scripts of the tree, as the POSIX shell's, and the faults of `dev/faults`
/// fit the code.
class ScriptsTest {

  /// What ends a line of a text block that is a script.
  private static final Pattern SCRIPT_LINE = Pattern.compile("(?m)^[^/\"]*(; do|; then|\\besac)$");

  @Test
  void shellcheckFindsNothing() throws Exception {
    List<String> argv = new ArrayList<>(List.of("shellcheck", "--severity=warning", "--shell=sh"));
    List<String> scripts = scripts();
    argv.addAll(scripts);
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertThat(said).isEmpty();
    assertThat(process.exitValue()).isZero();
    assertThat(scripts)
        .contains("initrunner", "dev/test", "bench/startup")
        .contains("src/main/resources/initrunner/exec/transport/stop.sh");
  }

  @Test
  void aScriptOfManyLinesIsAResource() throws IOException {
    assertThat(files("src/main/java").stream().filter(ScriptsTest::holdsScriptLine)).isEmpty();
  }

  /// `dev/seed-faults` tells it too, but only after an hour.
  @Test
  void everyFaultAppliesToTheCodeAsItIs() throws Exception {
    List<String> misfits = new ArrayList<>();
    for (Path patch : files("dev/faults")) {
      Process process =
          new ProcessBuilder("git", "apply", "--check", "-C1", patch.toString())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        misfits.add(patch + ": " + said);
      }
    }
    assertThat(misfits).isEmpty();
  }

  private static List<String> scripts() throws IOException {
    return Stream.of("src", "dev", "bench", ".ci", "initrunner")
        .flatMap(root -> files(root).stream())
        .filter(ScriptsTest::isScript)
        .map(Path::toString)
        .toList();
  }

  private static List<Path> files(String root) {
    try (Stream<Path> walk = Files.walk(Path.of(root))) {
      return walk.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isScript(Path file) {
    return file.toString().endsWith(".sh")
        || (Files.isExecutable(file) && text(file).startsWith("#!/bin/sh\n"));
  }

  private static boolean holdsScriptLine(Path source) {
    return SCRIPT_LINE.matcher(text(source)).find();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
