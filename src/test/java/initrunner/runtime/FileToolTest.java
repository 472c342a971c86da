package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.Launcher;
import initrunner.launch.PlainLauncher;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.ToolGrant;
import initrunner.ssh.SshdExtension;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class FileToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final FilesystemSettings WRITABLE = settings(List.of(), false, 102_400);

  private static Optional<ToolSide> opened = Optional.empty();

  @Parameter ToolSide.Where where = ToolSide.Where.THIS_MACHINE;
  @TempDir Path directory;

  /// The directory that the role's tool may read; beside it are files that it may not.
  private Path root = Path.of("");

  @BeforeEach
  void connect() throws IOException {
    if (opened.isEmpty()) {
      opened = Optional.of(ToolSide.open(where, sshd));
    }
    root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(directory.resolve("secret"), "hunter2");
  }

  @AfterAll
  static void disconnect() {
    opened.ifPresent(ToolSide::close);
    opened = Optional.empty();
  }

  // Reading.

  @Test
  void aFileIsReadAsItIs() throws IOException {
    Files.writeString(root.resolve("a.txt"), "one\n\ttwo é 😀\n\nno newline");
    assertThat(read("a.txt"))
        .isEqualTo(new ToolResult("c1", "one\n\ttwo é 😀\n\nno newline", Status.SUCCEEDED));
    Files.createFile(root.resolve("empty"));
    assertThat(read("empty").text()).isEqualTo("(empty file)");
    assertThat(read(root.toRealPath() + "/a.txt").text()).startsWith("one\n");
  }

  @Test
  void linesOfAFileAreRead() throws IOException {
    Files.writeString(root.resolve("a.txt"), "1\n2\n3\n4\n5");
    assertThat(read("a.txt", 2, 3).text()).isEqualTo("2\n3\n");
    assertThat(read("a.txt", 4, 99).text()).isEqualTo("4\n5");
    assertThat(read("a.txt", 9, 10).text()).isEqualTo("(no such lines: the file has 4)");
    assertThat(read("a.txt", 3, 2).status()).isEqualTo(Status.REFUSED);
  }

  @Test
  void aLargeFileIsCutAtALineAndSaysWhereToReadOn() throws IOException {
    Files.writeString(root.resolve("big"), "123456789\n".repeat(100_000));
    FilesystemSettings small = settings(List.of(), true, 25);
    assertThat(call(small, "read_file", Map.of("path", "big")).text())
        .isEqualTo("123456789\n123456789\n[truncated of 1000000 bytes: read on with first_line 3]");
    assertThat(call(small, "read_file", Map.of("path", "big", "first_line", 7)).text())
        .isEqualTo("123456789\n123456789\n[truncated: read on with first_line 9]");
    Files.writeString(root.resolve("long"), "x".repeat(1000));
    assertThat(call(small, "read_file", Map.of("path", "long")).text())
        .isEqualTo(
            "x".repeat(25) + "\n[truncated of 1000 bytes: the line is longer than can be shown]");
  }

  @Test
  void aBinaryFileIsToldAndNotShown() throws IOException {
    Files.write(root.resolve("a.out"), new byte[] {127, 'E', 'L', 'F', 0, 1});
    assertThat(read("a.out").text())
        .isEqualTo("a.out is a binary file of 6 bytes; it is not shown.");
  }

  @Test
  void whatIsNoFileIsNotRead() throws IOException {
    Files.createDirectory(root.resolve("sub"));
    assertThat(read("none"))
        .isEqualTo(new ToolResult("c1", "Error: no such file: 'none'.", Status.FAILED));
    assertThat(read("none/a").text()).isEqualTo("Error: no such directory: 'none/a'.");
    assertThat(read("sub").text()).isEqualTo("Error: 'sub' is a directory.");
    assertThat(read("sub/").text()).isEqualTo("Error: 'sub/' is a directory.");
    sh("mkfifo", root.resolve("pipe").toString());
    assertThat(read("pipe").text()).isEqualTo("Error: 'pipe' is not a regular file.");
  }

  // Confinement.

  @Test
  void noPathLeadsOut() {
    for (String path :
        List.of("../secret", "a/../../secret", "/etc/passwd", directory + "/secret", "..")) {
      ToolResult result = read(path);
      assertThat(result.text()).as(path).startsWith("Error: '" + path + "' ");
      assertThat(result.text()).contains("outside of the root directory");
    }
    assertThat(read(root + "/../secret").text()).contains("outside of the root directory");
  }

  @Test
  void noSymbolicLinkLeadsOut() throws IOException {
    link("file", "../secret");
    link("absolute", directory.resolve("secret").toString());
    link("up", "..");
    link("chain", "up/secret");
    link("slash", "/");
    link("loop", "loop");
    Files.createDirectory(root.resolve("sub"));
    link("sub/out", "../../secret");
    for (String path :
        List.of(
            "file",
            "absolute",
            "up/secret",
            "chain",
            "slash" + directory + "/secret",
            "sub/out",
            "up/root/../secret")) {
      assertThat(read(path).text())
          .as(path)
          .isEqualTo("Error: '" + path + "' leads outside of the root directory.");
      assertThat(write(path, "x").status()).as(path).isEqualTo(Status.FAILED);
      assertThat(edit(path, "hunter2", "x").status()).as(path).isEqualTo(Status.FAILED);
    }
    assertThat(read("loop").text()).isEqualTo("Error: too many symbolic links: 'loop'.");
    for (String path : List.of("up", "slash", "up/root/..")) {
      assertThat(list(path).text())
          .as(path)
          .isEqualTo("Error: '" + path + "' leads outside of the root directory.");
      assertThat(search(Map.of("pattern", "hunter2", "path", path)).status())
          .as(path)
          .isEqualTo(Status.FAILED);
    }
    assertThat(search(Map.of("pattern", "hunter2")).text()).isEqualTo("(nothing found)");
    assertThat(write("up/new", "x").status()).isEqualTo(Status.FAILED);
    assertThat(write("up/newdir/new", "x").status()).isEqualTo(Status.FAILED);
    assertThat(directory.resolve("secret")).hasContent("hunter2");
    assertThat(names(directory)).containsExactly("root", "secret");
  }

  @Test
  void symbolicLinksThatStayInsideAreFollowed() throws IOException {
    Files.createDirectories(root.resolve("sub/deep"));
    Files.writeString(root.resolve("sub/deep/a"), "inside");
    link("dir", "sub/deep");
    link("out-and-in", "../root/dir/a");
    link("absolute", root.toRealPath() + "/sub/deep/a");
    for (String path : List.of("dir/a", "out-and-in", "absolute", "dir/../deep/a")) {
      assertThat(read(path).text()).as(path).isEqualTo("inside");
    }
    assertThat(write("absolute", "changed").status()).isEqualTo(Status.SUCCEEDED);
    assertThat(root.resolve("sub/deep/a")).hasContent("changed");
    assertThat(root.resolve("absolute")).isSymbolicLink();
  }

  @Test
  void aRootBesideTheDefaultDirectoryIsTheWholeView() throws IOException {
    Path other = Files.createDirectory(directory.resolve("-other root\n"));
    Files.writeString(other.resolve("a"), "here");
    FilesystemSettings settings =
        new FilesystemSettings("-other root\n", List.of(), false, Duration.ofSeconds(30), 102_400);
    RoleRuntime runtime = opened.orElseThrow().runtime(directory, settings);
    assertThat(runtime.call(call("read_file", Map.of("path", "a"))).text()).isEqualTo("here");
    assertThat(runtime.call(call("read_file", Map.of("path", "../secret"))).text())
        .contains("outside of the root directory");
    assertThat(runtime.call(call("read_file", Map.of("path", other + "/a"))).text())
        .isEqualTo("here");
  }

  @Test
  void aMissingRootIsTold() {
    FilesystemSettings settings =
        new FilesystemSettings("none", List.of(), true, Duration.ofSeconds(30), 1000);
    ToolResult result =
        opened.orElseThrow().runtime(root, settings).call(call("list_directory", Map.of()));
    assertThat(result.status()).isNotEqualTo(Status.SUCCEEDED);
    assertThat(result.text()).contains("none");
  }

  // Writing.

  @Test
  void aFileIsWrittenWithTheDirectoriesThatLeadToIt() {
    assertThat(write("new dir/-a/f.txt", "one\ntwo").text())
        .isEqualTo("Created new dir/-a/f.txt (7 bytes).");
    assertThat(root.resolve("new dir/-a/f.txt")).hasContent("one\ntwo");
    assertThat(write("new dir/-a/f.txt", "").text())
        .isEqualTo("Replaced new dir/-a/f.txt (0 bytes).");
    assertThat(root.resolve("new dir/-a/f.txt")).isEmptyFile();
    assertThat(write("new dir", "x").text()).isEqualTo("Error: 'new dir' is a directory.");
    assertThat(write("new dir/-a/f.txt/g", "x").status()).isEqualTo(Status.FAILED);
  }

  @Test
  void aNewFileHasTheUsualModeAndAReplacedOneKeepsItsOwn() throws IOException {
    write("new", "x");
    Files.createFile(root.resolve("old"));
    Files.setPosixFilePermissions(
        root.resolve("old"), PosixFilePermissions.fromString("rwxr-x--x"));
    write("old", "x");
    assertThat(mode("new")).startsWith("rw-");
    assertThat(mode("old")).isEqualTo("rwxr-x--x");
    edit("old", "x", "y");
    assertThat(mode("old")).isEqualTo("rwxr-x--x");
  }

  @Test
  void whoeverReadsMeanwhileSeesTheOldFileOrTheNewOneWhole() throws Exception {
    String a = "a".repeat(300_000);
    String b = "b".repeat(300_000);
    Path file = root.resolve("f");
    Files.writeString(file, a);
    FutureTask<List<ToolResult>> writing =
        new FutureTask<>(() -> {
          List<ToolResult> results = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            results.add(write("f", i % 2 == 0 ? b : a));
          }
          return results;
        });
    Thread.startVirtualThread(writing);
    while (!writing.isDone()) {
      assertThat(Files.readString(file))
          .satisfiesAnyOf(
              text -> assertThat(text.equals(a)).isTrue(),
              text -> assertThat(text.equals(b)).isTrue());
    }
    assertThat(writing.get()).allMatch(result -> result.status() == Status.SUCCEEDED);
    assertThat(names(root)).containsExactly("f");
  }

  @Test
  void aWriteThatRunsOutOfTimeLeavesTheFileAsItWas() throws IOException {
    Files.writeString(root.resolve("f"), "old");
    FilesystemSettings brief =
        new FilesystemSettings(".", List.of(), false, Duration.ofMillis(1500), 1000);
    RoleRuntime runtime =
        opened
            .orElseThrow()
            .runtime(
                root,
                ToolSide.wrapping("sh", "-c", "{ head -c 2000; sleep 60; } | \"$@\"", "sh"),
                brief);
    ToolResult late =
        runtime.call(call("write_file", Map.of("path", "f", "content", "new".repeat(100_000))));
    assertThat(late.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(root.resolve("f")).hasContent("old");
    assertThat(names(root)).containsExactly("f");
  }

  @Test
  void anInputThatDoesNotArriveWholeChangesNothing() throws IOException {
    Files.writeString(root.resolve("f"), "old text");
    RoleRuntime runtime =
        opened
            .orElseThrow()
            .runtime(root, ToolSide.wrapping("sh", "-c", "head -c 12000 | \"$@\"", "sh"), WRITABLE);
    String large = "new".repeat(10_000);
    assertThat(runtime.call(call("write_file", Map.of("path", "f", "content", large))).text())
        .matches("Error: only \\d+ of 30000 bytes arrived, so 'f' is as it was\\.");
    assertThat(
            runtime
                .call(call("edit_file", Map.of("path", "f", "old_text", "old", "new_text", large)))
                .status())
        .isEqualTo(Status.FAILED);
    assertThat(root.resolve("f")).hasContent("old text");
    assertThat(names(root)).containsExactly("f");
  }

  // Editing.

  @Test
  void oneOccurrenceIsReplacedAndOnlyOne() throws IOException {
    Path file = Files.writeString(root.resolve("a.c"), "int a;\n\tint b; /* & \\1 */\n");
    assertThat(edit("a.c", "int b; /* & \\1 */\n", "long b; // \\n & \\\\ 'é'").text())
        .isEqualTo("Edited a.c.");
    assertThat(file).hasContent("int a;\n\tlong b; // \\n & \\\\ 'é'");
    Files.writeString(file, "x x x");
    assertThat(edit("a.c", "x", "y").text())
        .isEqualTo(
            "Error: the text to replace occurs more than once in 'a.c': give more of it, or set"
                + " replace_all.");
    assertThat(edit("a.c", "z", "y").text())
        .isEqualTo("Error: the text to replace does not occur in 'a.c'.");
    assertThat(file).hasContent("x x x");
    assertThat(
            call(
                    WRITABLE,
                    "edit_file",
                    Map.of("path", "a.c", "old_text", "x", "new_text", "xx", "replace_all", true))
                .status())
        .isEqualTo(Status.SUCCEEDED);
    assertThat(file).hasContent("xx xx xx");
    assertThat(edit("a.c", "", "y").status()).isEqualTo(Status.REFUSED);
    assertThat(names(root)).containsExactly("a.c");
  }

  @Test
  void anEditKeepsEveryOtherByte() throws IOException {
    byte[] bytes = new byte[200_003];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i % 255 + 1);
    }
    byte[] expected = bytes.clone();
    byte[] mark = "<MARK>".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(mark, 0, bytes, 100_000, mark.length);
    System.arraycopy("<mark>".getBytes(StandardCharsets.UTF_8), 0, expected, 100_000, mark.length);
    Files.write(root.resolve("f"), bytes);
    assertThat(edit("f", "<MARK>", "<mark>").text()).isEqualTo("Edited f.");
    assertThat(Files.readAllBytes(root.resolve("f"))).isEqualTo(expected);
  }

  @Test
  void editsOfBinaryAndOfTooLargeFilesAreRefused() throws IOException {
    Files.write(root.resolve("bin"), new byte[] {'a', 0, 'b'});
    assertThat(edit("bin", "a", "b").text()).isEqualTo("Error: 'bin' is binary.");
    Files.writeString(root.resolve("big"), "x".repeat(5_000_000));
    assertThat(edit("big", "x", "y").text()).contains("too large to edit");
  }

  @Test
  void aTextMatchesWhateverTheFilesEndsOfLinesAreAndTheyStayAsTheyAre() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "one\r\ntwo\r\nthree\r\n");
    assertThat(edit("f", "one\ntwo\n", "1\n2\n").text()).isEqualTo("Edited f.");
    assertThat(Files.readString(file)).isEqualTo("1\r\n2\r\nthree\r\n");
    assertThat(edit("f", "three", "3\n4").text()).isEqualTo("Edited f.");
    assertThat(edit("f", "1\r\n2", "a\r\nb").text()).isEqualTo("Edited f.");
    assertThat(Files.readString(file)).isEqualTo("a\r\nb\r\n3\r\n4\r\n");
    Files.writeString(file, "one\ntwo\r\nthree\nfour\n");
    assertThat(edit("f", "two\nthree", "2\n3").text()).isEqualTo("Edited f.");
    assertThat(edit("f", "one\n2", "1\nx").text()).isEqualTo("Edited f.");
    assertThat(Files.readString(file)).isEqualTo("1\nx\r\n3\nfour\n");
    Files.writeString(file, "one\ntwo\n");
    assertThat(edit("f", "one\ntwo", "1\r\n2").text()).isEqualTo("Edited f.");
    assertThat(Files.readString(file)).isEqualTo("1\r\n2\n");
  }

  @Test
  void occurrencesThatOverlapAreMoreThanOne() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "banana\n");
    assertThat(edit("f", "ana", "x").text()).contains("occurs more than once in 'f'");
    assertThat(file).hasContent("banana");
    assertThat(edit("f", "nana", "x").text()).isEqualTo("Edited f.");
    assertThat(file).hasContent("bax");
  }

  @Test
  void theSetIdBitsOfAChangedFileAreKept() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "old");
    for (String mode : List.of("4755", "2755", "6711", "1644", "0640")) {
      sh("chmod", mode, file.toString());
      String before = listed(file);
      assertThat(write("f", "new").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(listed(file)).isEqualTo(before);
      assertThat(edit("f", "new", "old").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(listed(file)).isEqualTo(before);
    }
  }

  private static String listed(Path file) throws IOException {
    Process ls = new ProcessBuilder("ls", "-l", file.toString()).start();
    return ls.inputReader().readAllAsString().substring(0, 10);
  }

  // Lists and searches.

  @Test
  void aDirectoryIsListedByNameWithWhatEachIs() throws IOException {
    Files.createDirectories(root.resolve("sub/below"));
    Files.createFile(root.resolve("b"));
    Files.createFile(root.resolve(".hidden"));
    Files.createFile(root.resolve("-a"));
    Files.createFile(root.resolve("two\nlines\t"));
    Files.createFile(root.resolve("per%cent"));
    link("link", "b");
    sh("mkfifo", root.resolve("pipe").toString());
    assertThat(list(".").text())
        .isEqualTo(
            """
            -a
            .hidden
            b
            link (symbolic link)
            per%cent
            pipe (special file)
            sub/
            "two\\nlines\\t\"\
            """);
    assertThat(list("sub/below").text()).isEqualTo("(empty directory)");
    assertThat(list("b").text()).isEqualTo("Error: 'b' is a file, not a directory.");
    assertThat(list("pipe").text()).isEqualTo("Error: 'pipe' is no directory.");
    assertThat(list("none").text()).isEqualTo("Error: no such directory: 'none'.");
  }

  @Test
  void aLongListIsCut() throws IOException {
    for (int i = 100; i < 200; i++) {
      Files.createFile(root.resolve("file" + i));
    }
    assertThat(call(settings(List.of(), true, 200), "list_directory", Map.of()).text())
        .contains("file1")
        .endsWith("\n[truncated]");
  }

  @Test
  void whatAnotherCallIsJustWritingIsNeitherListedNorSearched() throws IOException {
    Files.writeString(root.resolve(".initrunner-writing-0aB1cD2e"), "needle");
    Files.writeString(root.resolve(".initrunner-writing"), "needle");
    assertThat(call(settings(List.of(), true, 200), "list_directory", Map.of()).text())
        .contains(".initrunner-writing")
        .doesNotContain("0aB1cD2e");
    assertThat(search(Map.of("pattern", "needle")).text())
        .contains(".initrunner-writing:1:needle")
        .doesNotContain("0aB1cD2e");
  }

  @Test
  void filesAreFoundByNameAndByWhatIsInThem() throws IOException {
    Files.createDirectories(root.resolve("src/-deep"));
    Files.createDirectories(root.resolve(".git"));
    Files.writeString(root.resolve(".git/config"), "needle");
    Files.writeString(root.resolve("src/A.java"), "class A {}\n// needle 1\n");
    Files.writeString(root.resolve("src/-deep/b.txt"), "a needle é\nneedles\n");
    Files.write(root.resolve("src/bin"), "needle\0".getBytes(StandardCharsets.UTF_8));
    Files.createFile(root.resolve("src/new\nline.java"));
    assertThat(search(Map.of("pattern", "needle( |$)", "path", "src")).text().lines().sorted())
        .contains("src/A.java:2:// needle 1", "src/-deep/b.txt:1:a needle é")
        .noneMatch(line -> line.contains(".git") || line.contains("needles"));
    assertThat(search(Map.of("name", "*.java")).text())
        .isEqualTo("src/A.java\n\"src/new\\nline.java\"");
    assertThat(search(Map.of("name", "*.txt", "pattern", "needle")).text())
        .isEqualTo("src/-deep/b.txt:1:a needle é\nsrc/-deep/b.txt:2:needles");
    assertThat(search(Map.of("pattern", "no such")).text()).isEqualTo("(nothing found)");
    assertThat(search(Map.of("pattern", "a(")).text())
        .contains("'a(' is no extended regular expression");
    for (String pattern : List.of("((((a{1,99}){1,99}){1,99}){1,99})", "a{1,32767}{1,32767}")) {
      assertThat(search(Map.of("pattern", pattern)).text())
          .contains("'" + pattern + "' takes more memory than a search has");
    }
    assertThat(search(Map.of()).status()).isEqualTo(Status.REFUSED);
  }

  @Test
  void namesAreFoundByPatternsOfPathsAndOfCharacters() throws IOException {
    Files.createDirectories(root.resolve("src/deep/er"));
    for (String name :
        List.of(
            "A.java",
            "src/B.java",
            "src/deep/C.java",
            "src/deep/er/D.kt",
            "café.txt",
            "src/xC.java")) {
      Files.writeString(root.resolve(name), "needle\n");
    }
    Map<String, List<String>> found =
        Map.of(
            "**/*.java", List.of("A.java", "src/B.java", "src/deep/C.java", "src/xC.java"),
            "src/*.java", List.of("src/B.java", "src/xC.java"),
            "./src/*/*.java", List.of("src/deep/C.java"),
            "*.{java,kt}",
                List.of(
                    "A.java", "src/B.java", "src/deep/C.java", "src/deep/er/D.kt", "src/xC.java"),
            "src/**/{C,D}.{java,kt}", List.of("src/deep/C.java", "src/deep/er/D.kt"),
            "src/deep/**", List.of("src/deep/C.java", "src/deep/er/D.kt"),
            "caf?.txt", List.of("café.txt"),
            "caf??.txt", List.of("(nothing found)"),
            "/src/[B-C].java", List.of("src/B.java"));
    for (Launcher launcher : List.of(new PlainLauncher(), ToolSide.busyboxAlone(directory))) {
      RoleRuntime runtime = opened.orElseThrow().runtime(root, launcher, WRITABLE);
      found.forEach((name, paths) -> {
        assertThat(runtime.call(call("search_files", Map.of("name", name))).text().lines())
            .as(name)
            .containsExactlyElementsOf(paths);
        String lines =
            runtime.call(call("search_files", Map.of("name", name, "pattern", "need"))).text();
        assertThat(lines.lines().map(line -> line.replace(":1:needle", "")))
            .as(name)
            .containsExactlyInAnyOrderElementsOf(paths);
      });
    }
    assertThat(search(Map.of("name", "{a,b}".repeat(7))).status()).isEqualTo(Status.REFUSED);
  }

  @Test
  void aLongLineLeavesRoomForWhatElseIsFound() throws IOException {
    Files.writeString(root.resolve("a.min.js"), "needle();".repeat(50_000) + "é");
    Files.writeString(root.resolve("b.js"), "needle\n");
    assertThat(search(Map.of("pattern", "needle")).text())
        .contains("a.min.js:1:needle();", "…", "b.js:1:needle")
        .hasSizeLessThan(1200);
    Files.writeString(root.resolve("many"), "needle number\n".repeat(300_000));
    assertThat(
            call(settings(List.of(), true, 2000), "search_files", Map.of("pattern", "need")).text())
        .endsWith("\n[truncated]")
        .doesNotContain("signal", "STDERR");
  }

  @Test
  void aNameInAnAnswerHoldsNoControlCharacter() throws IOException {
    Files.writeString(root.resolve("esc\u001b]0;x\u0007"), "needle\n");
    assertThat(search(Map.of("pattern", "needle")).text())
        .isEqualTo("\"esc\\u001b]0;x\\u0007\":1:needle");
  }

  // What the role forbids.

  @Test
  void aReadOnlyToolHasNoFunctionThatWrites() {
    RoleRuntime runtime = opened.orElseThrow().runtime(root, settings(List.of(), true, 102_400));
    assertThat(runtime.tools().stream().map(Tool::name))
        .containsExactly("read_file", "list_directory", "search_files");
    assertThat(runtime.call(call("write_file", Map.of("path", "f", "content", "x"))).status())
        .isEqualTo(Status.INVALID);
    assertThat(names(root)).isEmpty();
  }

  @Test
  void onlyFilesWithAnAllowedExtensionAreReadSearchedOrWritten() throws IOException {
    FilesystemSettings texts = settings(List.of(".md", ".tar.gz"), false, 102_400);
    Files.writeString(root.resolve("a.md"), "needle");
    Files.writeString(root.resolve("b.key"), "needle");
    link("c.md", "b.key");
    assertThat(call(texts, "read_file", Map.of("path", "a.md")).text()).isEqualTo("needle");
    for (String path : List.of("b.key", "c.md")) {
      assertThat(call(texts, "read_file", Map.of("path", path)).text())
          .isEqualTo("Error: '" + path + "' does not end with one of: .md .tar.gz.");
      assertThat(call(texts, "write_file", Map.of("path", path, "content", "x")).status())
          .isEqualTo(Status.FAILED);
    }
    assertThat(call(texts, "search_files", Map.of("pattern", "needle")).text())
        .isEqualTo("a.md:1:needle");
    assertThat(call(texts, "search_files", Map.of("name", "*")).text()).isEqualTo("a.md");
  }

  @Test
  void noSearchShowsFilesThatARuleDenies() throws IOException {
    Files.createDirectories(root.resolve("a/secrets"));
    Files.writeString(root.resolve("a/b.pem"), "needle");
    Files.writeString(root.resolve("a/b.txt"), "needle");
    Files.writeString(root.resolve("a/x.pem:1:needle.txt"), "needle");
    Files.writeString(root.resolve("a/secrets/new\nline"), "needle");
    Files.writeString(root.resolve("é.key"), "needle");
    for (Launcher launcher : List.of(new PlainLauncher(), ToolSide.busyboxAlone(directory))) {
      RoleRuntime runtime = denying(launcher, "path=*.pem", "path=a/secrets/*", "?.key");
      assertThat(runtime.call(call("search_files", Map.of("pattern", "need"))).text().lines())
          .containsExactlyInAnyOrder(
              "a/b.txt:1:needle",
              "a/x.pem:1:needle.txt:1:needle",
              "[3 files were left out: rules of the role deny them]");
      assertThat(runtime.call(call("search_files", Map.of("name", "b.*", "path", "a"))).text())
          .isEqualTo("a/b.txt\n[1 file was left out: rules of the role deny it]");
      assertThat(
              runtime
                  .call(call("search_files", Map.of("pattern", "no such", "path", "a/secrets")))
                  .text())
          .isEqualTo("(nothing found)\n[1 file was left out: rules of the role deny it]");
      assertThat(runtime.call(call("read_file", Map.of("path", "a/b.pem"))).status())
          .isEqualTo(Status.REFUSED);
    }
  }

  private RoleRuntime denying(Launcher launcher, String... rules) {
    List<Permissions.Rule> deny =
        Stream.of(rules)
            .map(rule -> rule.split("=", 2))
            .map(rule ->
                rule.length == 1
                    ? new Permissions.Rule(Optional.empty(), rule[0])
                    : new Permissions.Rule(Optional.of(rule[0]), rule[1]))
            .toList();
    ToolGrant grant =
        new ToolGrant(
            WRITABLE,
            ToolGrant.Approval.AUTO,
            new Permissions(Permissions.Default.ALLOW, List.of(), deny));
    return opened.orElseThrow().runtime(root, launcher, List.of(grant));
  }

  @Test
  void namesOfAnyCharactersArrive() {
    for (String name :
        List.of(
            "-rf", "two\nlines\n", "'\"$(id)`", "a\\nb", " x ", "%s%n", "*", "é😀", "~", "--")) {
      assertThat(write(name, name).status()).as(name).isEqualTo(Status.SUCCEEDED);
      assertThat(read(name).text()).as(name).isEqualTo(name);
      assertThat(edit(name, name, "edited").status()).as(name).isEqualTo(Status.SUCCEEDED);
    }
    assertThat(names(root)).hasSize(10);
  }

  @Test
  void busyboxIsEnough() throws IOException {
    Files.createDirectory(root.resolve("sub"));
    Files.writeString(root.resolve("sub/a.txt"), "one\ntwo\n");
    RoleRuntime runtime = opened.orElseThrow().runtimeWithBusybox(directory, settingsOf("root"));
    List<String> answers =
        Stream.of(
                call("read_file", Map.of("path", "sub/a.txt", "first_line", 2)),
                call("list_directory", Map.of("path", "sub")),
                call("search_files", Map.of("pattern", "tw.", "name", "*.txt")),
                call("search_files", Map.of("pattern", "a(")),
                call("write_file", Map.of("path", "new/b", "content", "é")),
                call("edit_file", Map.of("path", "sub/a.txt", "old_text", "2", "new_text", "3")),
                call("edit_file", Map.of("path", "sub/a.txt", "old_text", "two", "new_text", "3")))
            .map(call -> runtime.call(call).text())
            .toList();
    assertThat(answers)
        .containsExactly(
            "two\n",
            "a.txt",
            "sub/a.txt:2:two",
            "Error: grep: bad regex 'a('\n'a(' is no extended regular expression.",
            "Created new/b (2 bytes).",
            "Error: the text to replace does not occur in 'sub/a.txt'.",
            "Edited sub/a.txt.");
    assertThat(root.resolve("sub/a.txt")).hasContent("one\n3");
  }

  private static FilesystemSettings settingsOf(String root) {
    return new FilesystemSettings(root, List.of(), false, Duration.ofSeconds(30), 102_400);
  }

  private static FilesystemSettings settings(
      List<String> extensions, boolean readOnly, int maxOutputBytes) {
    return new FilesystemSettings(
        ".", extensions, readOnly, Duration.ofSeconds(30), maxOutputBytes);
  }

  private ToolResult read(String path) {
    return call(WRITABLE, "read_file", Map.of("path", path));
  }

  private ToolResult read(String path, int first, int last) {
    return call(
        WRITABLE, "read_file", Map.of("path", path, "first_line", first, "last_line", last));
  }

  private ToolResult write(String path, String content) {
    return call(WRITABLE, "write_file", Map.of("path", path, "content", content));
  }

  private ToolResult edit(String path, String from, String to) {
    return call(WRITABLE, "edit_file", Map.of("path", path, "old_text", from, "new_text", to));
  }

  private ToolResult list(String path) {
    return call(WRITABLE, "list_directory", Map.of("path", path));
  }

  private ToolResult search(Map<String, Object> arguments) {
    return call(WRITABLE, "search_files", arguments);
  }

  private ToolResult call(
      FilesystemSettings settings, String function, Map<String, Object> arguments) {
    return opened.orElseThrow().runtime(root, settings).call(call(function, arguments));
  }

  private static ToolCall call(String function, Map<String, Object> arguments) {
    return new ToolCall("c1", function, arguments);
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name)));
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void sh(String... command) throws IOException {
    try {
      assertThat(new ProcessBuilder(command).directory(root.toFile()).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
