package initrunner.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The demo in a JVM of its own.
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class DemoCommandTest {

  private static final int SIGTERM_STATUS = 143;

  @TempDir Path temporaryFiles;

  private Process start(Map<String, String> environment) throws IOException {
    ProcessBuilder demo =
        new ProcessBuilder(
            ChildJvm.initrunner(List.of("-Djava.io.tmpdir=" + temporaryFiles), "demo"));
    demo.environment().putAll(environment);
    return demo.redirectErrorStream(true).start();
  }

  private static BufferedReader output(Process demo) {
    return new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void callsAreReallyMadeAndRecordedAndNothingIsLeft() throws Exception {
    List<String> ownBefore = ownSshFiles();
    Process demo = start(Map.of());
    List<String> lines = output(demo).lines().toList();
    assertThat(demo.waitFor()).as(String.join("\n", lines)).isZero();
    assertThat(ownSshFiles()).isEqualTo(ownBefore);
    String text = String.join("\n", lines);
    assertThat(text)
        .contains("It is this same", "a script of recorded turns")
        .containsPattern("127.0.0.1 \\d+ 127.0.0.1 \\d+")
        .contains("built part 3", "checkout: expected 200, got 500")
        .contains("Execution timed out after 2s. The command was stopped.")
        .contains("refused, nothing was sent");
    assertThat(lines.stream().filter(line -> line.contains("succeeded on build-host"))).hasSize(7);
    assertThat(lines.stream().filter(line -> line.contains("✗ failed on build-host"))).hasSize(1);
    assertThat(lines.stream().filter(line -> line.contains("✗ timed out on build-host")))
        .hasSize(1);
    // Two checks after its timeout show that the loop's file no longer grows.
    int check = lines.indexOf("Is it really gone, or does it still write?");
    assertThat(lines.get(check + 3)).matches(" +\\d+").isEqualTo(lines.get(check + 4));
    String record = text.substring(text.indexOf("The audit log: 19 rows"));
    assertThat(record)
        .containsPattern("backend=ssh host=build-host argv0=uname rc=0 duration_ms=\\d+\n")
        .containsPattern("argv0=sh rc=3 duration_ms=\\d+\n +ended=exited")
        .containsPattern("rc=124 duration_ms=\\d+\n +ended=timed_out stop=stopped")
        .containsPattern("argv0=rm rc=126 duration_ms=\\d+\n +ended=refused reason=policy");
    assertThat(lines).allMatch(line -> line.indexOf('\u001b') < 0);
    assertThat(made(temporaryFiles)).isEmpty();
  }

  @Test
  void aSignalEndsTheDemoAndLeavesNothing() throws Exception {
    Process demo = start(Map.of());
    try (BufferedReader output = output(demo)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.contains("load.log; sleep")) {
          break;
        }
      }
      assertThat(made(temporaryFiles)).hasSize(1);
      awaitFile("load.log");
      demo.toHandle().destroy();
      List<String> rest = output.lines().toList();
      assertThat(demo.waitFor()).isEqualTo(SIGTERM_STATUS);
      assertThat(rest)
          .anyMatch(line -> line.endsWith("Execution was cancelled. The command was stopped."))
          .anyMatch(line -> line.startsWith("Server, connection and files are gone again"));
    }
    assertThat(made(temporaryFiles)).isEmpty();
  }

  @Test
  void withoutAnSshProgramTheNextStepIsSaid() throws Exception {
    Process demo = start(Map.of("PATH", temporaryFiles.toString()));
    List<String> lines = output(demo).lines().toList();
    assertThat(demo.waitFor()).isEqualTo(ExitCodes.SANDBOX_UNAVAILABLE);
    assertThat(lines)
        .satisfiesExactly(
            what -> assertThat(what).isEqualTo("initrunner: ssh client not found on PATH"),
            next -> assertThat(next).contains("apt install openssh-client"));
    assertThat(made(temporaryFiles)).isEmpty();
  }

  @Test
  void itsHelpSaysWhatItDoes() {
    CapturedConsole console = CapturedConsole.of(Map.of());
    assertThat(console.run("demo", "--help")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).contains("no model", "removed at its end", "3 there is no ssh");
  }

  /// Waits for a file of the demo's command, which proves that the command has begun.
  private void awaitFile(String name) throws Exception {
    for (int i = 0; i < 1000; i++) {
      try (Stream<Path> tree = Files.find(temporaryFiles, 8, (file, _) -> file.endsWith(name))) {
        if (tree.findAny().isPresent()) {
          return;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError(name + " was not written");
  }

  private static List<String> ownSshFiles() throws IOException {
    Path own = Path.of(System.getProperty("user.home"), ".ssh");
    List<String> found = new ArrayList<>();
    if (Files.exists(own)) {
      for (Path file : files(own)) {
        found.add(file + " " + Files.getLastModifiedTime(file));
      }
    }
    return found.stream().sorted().toList();
  }

  /// The database library unpacks its native part there, too, and removes it later.
  private static List<Path> made(Path directory) throws IOException {
    return files(directory).stream()
        .filter(file -> file.getFileName().toString().startsWith("initrunner"))
        .toList();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
