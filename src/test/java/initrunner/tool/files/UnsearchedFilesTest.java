package initrunner.tool.files;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import initrunner.tool.CallBounds;
import initrunner.tool.CallPermissions;
import initrunner.tool.Tool;
import initrunner.tool.policy.PathForms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsearchedFilesTest {

  private static final List<String> NAMES =
      List.of("a", "b.pem", "ab.pem", "*", "a?b", "[x]", "back\\slash", "a-b", "^");

  private static final List<String> GLOBS =
      List.of(
          "*",
          "*.pem",
          "?",
          "?.pem",
          "[a-c].pem",
          "[!a-c]*",
          "sub/*",
          "sub/sub/a",
          "*/a",
          "s*b*pem",
          "sub/?*",
          "back\\slash",
          "sub/[[]x]",
          "[a",
          "a[?]b",
          "other/*",
          "/srv/work/sub/*.pem",
          "/srv/*/a");

  @TempDir private Path directory;

  @Test
  void findLeavesOutExactlyWhatCannotBeRead() throws Exception {
    files(NAMES);
    for (String glob : GLOBS) {
      for (String start : List.of(".", "sub", "sub/sub")) {
        assertThat(leftOut(glob, start)).as(glob + " in " + start).isEqualTo(denied(glob, start));
      }
    }
  }

  @Test
  void noNameBeyondAsciiIsFoundThatCannotBeRead() throws Exception {
    files(List.of("é", "😀.pem", "aéb", "éé.pem", "ü-x", "two\nlines"));
    for (String glob :
        Stream.concat(GLOBS.stream(), Stream.of("[à-ü]*", "é*", "[!b]", "[^]", "a?b")).toList()) {
      for (String start : List.of(".", "sub")) {
        assertThat(leftOut(glob, start)).as(glob + " in " + start).containsAll(denied(glob, start));
      }
    }
    assertThat(leftOut("é*", ".")).containsExactlyInAnyOrder("é", "éé.pem");
    assertThat(leftOut("*.pem", "sub/sub"))
        .containsExactlyInAnyOrder("sub/sub/😀.pem", "sub/sub/éé.pem");
  }

  private void files(List<String> names) throws IOException {
    for (String below : List.of(".", "sub", "sub/sub")) {
      Path parent = Files.createDirectories(directory.resolve(below));
      for (String name : names) {
        Files.createFile(parent.resolve(name));
      }
    }
  }

  /// The files that a real `find` leaves out.
  private Set<String> leftOut(String glob, String start) throws Exception {
    List<String> forms = PathForms.all(start, Optional.of("/srv/work"));
    List<String> expression = new UnsearchedFiles(List.of(glob)).expression(forms);
    if (expression.isEmpty()) {
      return Set.of();
    }
    List<String> argv = new ArrayList<>(List.of("find", ".", "-type", "f"));
    argv.addAll(expression);
    argv.add("-print0");
    ProcessBuilder find = new ProcessBuilder(argv).directory(directory.resolve(start).toFile());
    find.environment().put("LC_ALL", "C");
    Process process = find.start();
    String found = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    String below = start.equals(".") ? "" : start + "/";
    return Stream.of(found.split("\0", -1))
        .filter(name -> !name.isEmpty())
        .map(name -> below + name.substring(2))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> denied(String glob, String start) throws IOException {
    CallPermissions permissions =
        new CallPermissions(
            CallPermissions.Default.ALLOW,
            List.of(),
            List.of(new CallPermissions.Rule(Optional.of("path"), glob)));
    Tool read =
        new FileTool(
            FileTool.Function.READ,
            List.of(),
            List.of(),
            new CallBounds(Limits.unbounded(), 1000, Optional.of("/srv/work")));
    try (Stream<Path> files = Files.walk(directory.resolve(start))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file.normalize()).toString())
          .filter(path ->
              permissions.judge(read, Map.of("path", path))
                  instanceof CallPermissions.Verdict.Denied)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
