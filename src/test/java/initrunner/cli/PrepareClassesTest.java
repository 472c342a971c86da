package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `dev/PrepareClasses.java` changes how classes are linked, and not what they do.
class PrepareClassesTest {

  @TempDir Path directory;

  @Test
  void whatIsPreparedDoesTheSame() throws Exception {
    Path jar = directory.resolve("sample.jar");
    jar(jar);
    String before = run(ChildJvm.command(List.of(), PreparedSample.class.getName()));
    assertThat(linkedAtRunTime(jar)).hasSizeGreaterThan(5);

    List<String> prepare = ChildJvm.command(List.of(), "dev/PrepareClasses.java", jar.toString());
    assertThat(run(prepare)).isEmpty();

    assertThat(linkedAtRunTime(jar)).containsExactly("initrunner/cli/PreparedSample$Labels.class");
    List<String> prepared =
        new ArrayList<>(ChildJvm.command(List.of(), PreparedSample.class.getName()));
    prepared.set(prepared.indexOf("-cp") + 1, jar.toString());
    assertThat(run(prepared)).isEqualTo(before).contains("Mixed[text=a, flag=true");
  }

  private static void jar(Path jar) throws IOException {
    Path classes = Path.of("target/test-classes");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.list(classes.resolve("initrunner/cli"))) {
      for (Path each : files.toList()) {
        if (each.getFileName().toString().startsWith("PreparedSample")) {
          out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
          Files.copy(each, out);
        }
      }
    }
  }

  /// The classes with calls that a JVM links when they are made first.
  private static List<String> linkedAtRunTime(Path jar) throws IOException {
    List<String> found = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().toList()) {
        byte[] bytes = file.getInputStream(entry).readAllBytes();
        if (new String(bytes, StandardCharsets.ISO_8859_1).contains("java/lang/runtime/")) {
          found.add(entry.getName());
        }
      }
    }
    return found;
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream input = process.getOutputStream()) {
      input.flush();
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
