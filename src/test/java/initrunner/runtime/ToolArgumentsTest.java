package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.PythonSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.ToolSettings;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// A thousand texts through the arguments of each tool arrive exactly, over a real remote shell.
class ToolArgumentsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_BYTES = 4_000_000;

  private static Optional<SshdExtension> server = Optional.empty();
  private static Optional<ToolSide> opened = Optional.empty();

  @BeforeContainer
  static void open() {
    SshdExtension sshd = new SshdExtension();
    server = Optional.of(sshd);
    sshd.prepareAndStart();
    opened = Optional.of(ToolSide.open(ToolSide.Where.HOST_OVER_SSH, sshd));
  }

  @AfterContainer
  static void close() {
    opened.ifPresent(ToolSide::close);
    server.ifPresent(SshdExtension::stopAndDelete);
  }

  /// A word that is a shell operator is refused, so each has a letter in front.
  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void textsAsWordsOfACommand(@ForAll("texts") List<String> texts) {
    ShellSettings shell =
        new ShellSettings(List.of(), List.of(), Optional.empty(), TIMEOUT, MAX_BYTES);
    String words =
        texts.stream()
            .map(text -> "'x" + text.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    ToolResult result = call(shell, "run_shell", Map.of("command", "printf '%s\\000' " + words));
    assertThat(separated(result)).isEqualTo(texts.stream().map(text -> "x" + text).toList());
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void textsInPythonCode(@ForAll("texts") List<String> texts) {
    String literals =
        texts.stream()
            .map(text -> text.replace("\\", "\\\\").replace("'", "\\'"))
            .map(text -> text.replace("\n", "\\n").replace("\r", "\\r"))
            .collect(Collectors.joining("',\n'", "['", "']"));
    String code = "import sys\nfor t in " + literals + ":\n  sys.stdout.write(t + '\\0')";
    PythonSettings python = new PythonSettings(Optional.empty(), TIMEOUT, MAX_BYTES, true);
    assertThat(separated(call(python, "run_python", Map.of("code", code)))).isEqualTo(texts);
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void textsAsParametersOfAScript(@ForAll("texts") List<String> texts) {
    List<String> names = IntStream.range(0, texts.size()).mapToObj(i -> "token_" + i).toList();
    Map<String, Object> arguments = new LinkedHashMap<>();
    names.forEach(name -> arguments.put(name, texts.get(arguments.size())));
    String body =
        IntStream.range(0, texts.size())
            .mapToObj(i -> "printf '%s\\000' \"$TOKEN_" + i + "\"\n")
            .collect(Collectors.joining());
    ScriptSettings.Script script =
        new ScriptSettings.Script(
            "show",
            "",
            body,
            Optional.empty(),
            names.stream().map(name -> new ScriptSettings.Parameter(name, "", true, "")).toList(),
            Optional.empty(),
            List.of());
    ScriptSettings settings =
        new ScriptSettings(List.of(script), "/bin/sh", TIMEOUT, MAX_BYTES, Optional.empty());
    assertThat(separated(call(settings, "show", arguments))).isEqualTo(texts);
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void textsInFilesAndInTheirEdits(@ForAll("texts") List<String> texts) throws IOException {
    Path root = Files.createTempDirectory(home(), "files");
    String content = String.join("\0", texts);
    call(root, files(), "write_file", Map.of("path", "f", "content", content));
    assertThat(bytes(root)).isEqualTo(content);
    // The mark makes the first text unique for all texts.
    String from = "<" + String.join("|", texts.subList(0, 125)) + ">";
    String to = "[" + String.join("|", texts.subList(125, 250)) + "]";
    Files.writeString(root.resolve("f"), "before" + from + "after");
    ToolResult edited =
        call(root, files(), "edit_file", Map.of("path", "f", "old_text", from, "new_text", to));
    assertThat(edited.text()).isEqualTo("Edited f.");
    assertThat(bytes(root)).isEqualTo("before" + to + "after");
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void textsAsNamesOfFiles(@ForAll("texts") List<String> texts) throws IOException {
    Path root = Files.createTempDirectory(home(), "names");
    List<String> names = texts.stream().map(ToolArgumentsTest::asName).toList();
    for (List<String> parts : manyPerPath(names)) {
      String path = String.join("/", parts);
      assertThat(call(root, files(), "write_file", Map.of("path", path, "content", path)).status())
          .isEqualTo(Status.SUCCEEDED);
    }
    String last = String.join("/", names.subList(225, 250));
    assertThat(call(root, files(), "read_file", Map.of("path", last)).text()).isEqualTo(last);
    assertThat(namesBelow(root)).isEqualTo(new HashSet<>(names));
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void textsAsPathsAndMessagesOfGit(@ForAll("texts") List<String> texts) throws IOException {
    Path tree = Files.createTempDirectory(home(), "git");
    run(tree, "git", "init", "-q");
    run(tree, "git", "config", "user.name", "A");
    run(tree, "git", "config", "user.email", "a@example.org");
    GitSettings git = new GitSettings(".", false, TIMEOUT, MAX_BYTES);
    List<String> names =
        texts.stream().map(ToolArgumentsTest::asName).filter(n -> !n.contains(".git")).toList();
    for (List<String> parts : manyPerPath(names)) {
      String path = String.join("/", parts);
      call(tree, files(), "write_file", Map.of("path", path, "content", "x"));
      assertThat(call(tree, git, "git_add", Map.of("path", path)).text()).isEqualTo("(no output)");
    }
    String added = run(tree, "git", "ls-files", "-z");
    assertThat(new HashSet<>(Arrays.asList(added.split("[/\0]", -1))))
        .containsAll(names)
        .hasSizeLessThanOrEqualTo(names.size() + 1);
    // Git itself converts the noncharacters of Unicode as if they were Latin-1.
    String message =
        "Subject\n\n"
            + String.join("|", texts).replaceAll("[\\ufdd0-\\ufdef\\ufffe\\uffff]", "?")
            + "\n";
    call(tree, git, "git_commit", Map.of("message", message));
    assertThat(run(tree, "git", "log", "-1", "--format=%B")).isEqualTo(message + "\n");
  }

  private static FilesystemSettings files() {
    return new FilesystemSettings(".", List.of(), false, TIMEOUT, MAX_BYTES);
  }

  private static Path home() {
    return server.orElseThrow().home();
  }

  private static ToolResult call(
      ToolSettings settings, String function, Map<String, Object> arguments) {
    return call(home(), settings, function, arguments);
  }

  private static ToolResult call(
      Path directory, ToolSettings settings, String function, Map<String, Object> arguments) {
    return opened
        .orElseThrow()
        .runtime(directory, settings)
        .call(new ToolCall("c1", function, arguments));
  }

  private static List<String> separated(ToolResult result) {
    assertThat(result.text()).startsWith("STDOUT:\n");
    List<String> texts =
        new ArrayList<>(
            Arrays.asList(result.text().substring("STDOUT:\n".length()).split("\0", -1)));
    texts.removeLast();
    return texts;
  }

  private static String bytes(Path root) throws IOException {
    return Files.readString(root.resolve("f"), StandardCharsets.UTF_8);
  }

  private static List<List<String>> manyPerPath(List<String> names) {
    List<List<String>> paths = new ArrayList<>();
    for (int i = 0; i < names.size(); i += 25) {
      paths.add(names.subList(i, Math.min(i + 25, names.size())));
    }
    return paths;
  }

  private static String asName(String text) {
    String name = text.replace('/', '_');
    boolean isTaken = name.isEmpty() || name.equals(".") || name.equals("..");
    return isTaken ? "-" : name;
  }

  private static Set<String> namesBelow(Path root) throws IOException {
    String paths = run(root, "find", ".", "-mindepth", "1", "-print0");
    return Arrays.stream(paths.split("\0", -1))
        .filter(path -> !path.isEmpty())
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .collect(Collectors.toSet());
  }

  private static String run(Path directory, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /// Half of the characters are any, half are special to a shell.
  @Provide
  Arbitrary<List<String>> texts() {
    Arbitrary<String> any = Arbitraries.strings().withCharRange('\u0001', '\uffff').ofMaxLength(30);
    Arbitrary<String> special =
        Arbitraries.strings()
            .withChars(" \t\n\r'\"\\$`!*?[]{}()<>|&;#~=%^-@+é\u00a0./:")
            .ofMaxLength(15);
    return Arbitraries.oneOf(any, special).map(ToolArgumentsTest::encodable).list().ofSize(250);
  }

  /// Half of a surrogate pair has no bytes in UTF-8.
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
