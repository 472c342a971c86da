package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.Launcher;
import initrunner.launch.PlainLauncher;
import initrunner.role.tools.Permissions;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.TransferSettings;
import initrunner.ssh.SshdExtension;
import initrunner.text.Sha256;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The tool `transfer` between two directories: one stands for this machine, one is a host's, over
/// a real sshd.
@Timeout(60)
class TransferToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static Optional<ToolSide> opened = Optional.empty();

  @TempDir private Path directory;
  private Path here = Path.of("");
  private Path there = Path.of("");

  @BeforeEach
  void connect() throws IOException {
    if (opened.isEmpty()) {
      opened = Optional.of(ToolSide.open(ToolSide.Where.HOST_OVER_SSH, sshd));
    }
    here = Files.createDirectory(directory.resolve("here"));
    there = Files.createDirectory(directory.resolve("there"));
    Files.writeString(directory.resolve("secret"), "hunter2");
  }

  @AfterAll
  static void disconnect() {
    opened.ifPresent(ToolSide::close);
    opened = Optional.empty();
  }

  // Both directions.

  @ParameterizedTest
  @ValueSource(strings = {"a.bin", "new dir/-é 😀.bin", "'$(id)`\"\\n"})
  void aFileGoesToTheHostAndComesBackWithEachOfItsBytes(String name) throws IOException {
    byte[] content = everyByte();
    Files.createDirectories(here.resolve(name).getParent());
    Files.write(here.resolve(name), content);

    assertThat(send(name, name))
        .isEqualTo(
            answer(
                "Sent %s to %s on my-build-box: created, %d bytes, SHA-256 %s."
                    .formatted(name, name, content.length, Sha256.hex(content))));
    assertThat(fetch(name, "back/" + name))
        .isEqualTo(
            answer(
                "Fetched %s from my-build-box to back/%s: created, %d bytes, SHA-256 %s."
                    .formatted(name, name, content.length, Sha256.hex(content))));
    assertThat(there.resolve(name)).hasBinaryContent(content);
    assertThat(here.resolve("back").resolve(name)).hasBinaryContent(content);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void anEmptyFileGoesToo() throws IOException {
    Files.createFile(here.resolve("a"));
    assertThat(send("a", "a").text()).contains("created, 0 bytes");
    assertThat(fetch("a", "b").text()).contains("created, 0 bytes");
    assertThat(here.resolve("b")).isEmptyFile();
  }

  @Test
  void aHostWithBusyboxAloneDoesBoth() throws IOException {
    Files.write(here.resolve("a"), everyByte());
    Launcher busybox = ToolSide.busyboxAlone(directory);
    assertThat(call(busybox, "send_file", Map.of("local", "a", "remote", "sub/a")).status())
        .isEqualTo(Status.SUCCEEDED);
    assertThat(call(busybox, "fetch_file", Map.of("remote", "sub/a", "local", "b")).status())
        .isEqualTo(Status.SUCCEEDED);
    assertThat(here.resolve("b")).hasBinaryContent(everyByte());
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyOnRequest() throws IOException {
    Files.writeString(here.resolve("a"), "new");
    Files.writeString(there.resolve("a"), "old there");
    assertThat(send("a", "a"))
        .isEqualTo(
            failed(
                "Error: 'a' is there already, and stays as it is: set overwrite to replace it."));
    assertThat(fetch("a", "a"))
        .isEqualTo(
            new ToolResult(
                "c1",
                "Error: 'a' is there already on this machine, and stays as it is: set overwrite to"
                    + " replace it.",
                Status.REFUSED));
    assertThat(there.resolve("a")).hasContent("old there");
    assertThat(here.resolve("a")).hasContent("new");

    Files.setPosixFilePermissions(here.resolve("a"), PosixFilePermissions.fromString("rwxr-x---"));
    assertThat(call("fetch_file", Map.of("remote", "a", "local", "a", "overwrite", true)).text())
        .contains(": replaced, 9 bytes");
    assertThat(here.resolve("a")).hasContent("old there");
    assertThat(Files.getPosixFilePermissions(here.resolve("a")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
    Files.writeString(here.resolve("a"), "newer");
    assertThat(call("send_file", Map.of("local", "a", "remote", "a", "overwrite", true)).text())
        .contains(": replaced, 5 bytes");
    assertThat(there.resolve("a")).hasContent("newer");
    assertThat(leftovers()).isEmpty();
  }

  // Confinement here.

  @ParameterizedTest
  @ValueSource(
      strings = {"../secret", "/etc/passwd", "a/../../secret", "..", "a/..", ".", "a/", ""})
  void noNameLeadsOutOfTheLocalRoot(String name) throws IOException {
    Files.writeString(there.resolve("b"), "x");
    assertThat(send(name, "stolen").status()).isEqualTo(Status.REFUSED);
    assertThat(fetch("b", name).status()).isEqualTo(Status.REFUSED);
    assertThat(names(there)).containsExactly("b");
    assertThat(names(here)).isEmpty();
    assertThat(directory.resolve("secret")).hasContent("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "up/secret", "up/new", "dangling", "loop", "inner/own"})
  void noSymbolicLinkHereIsFollowed(String name) throws IOException {
    Files.writeString(there.resolve("b"), "x");
    Files.createDirectory(here.resolve("dir"));
    Files.writeString(here.resolve("dir/own"), "own");
    link(here, "file", "../secret");
    link(here, "up", "..");
    link(here, "dangling", "../new");
    link(here, "loop", "loop");
    link(here, "inner", "dir");
    List<String> before = names(directory);

    assertThat(send(name, "stolen").text()).contains("a symbolic link of this machine");
    ToolResult fetched =
        call("fetch_file", Map.of("remote", "b", "local", name, "overwrite", true));
    assertThat(fetched.text()).contains("a symbolic link of this machine");
    assertThat(names(there)).containsExactly("b");
    assertThat(names(directory)).isEqualTo(before);
    assertThat(directory.resolve("secret")).hasContent("hunter2");
    assertThat(here.resolve("dir/own")).hasContent("own");
  }

  @Test
  void whatIsNoFileHereIsNeitherSentNorReplaced() throws IOException {
    Files.createDirectory(here.resolve("dir"));
    run("mkfifo", here.resolve("pipe").toString());
    Files.writeString(there.resolve("b"), "x");
    assertThat(send("dir", "a").text()).contains("is a directory on this machine");
    assertThat(send("pipe", "a").text()).contains("is not a regular file");
    assertThat(send("none", "a").text()).contains("no such file on this machine");
    assertThat(send("none/none", "a").text()).contains("no such file on this machine");
    for (String name : List.of("dir", "pipe")) {
      assertThat(
              call("fetch_file", Map.of("remote", "b", "local", name, "overwrite", true)).status())
          .isEqualTo(Status.REFUSED);
    }
    assertThat(names(here)).containsExactly("dir", "pipe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".git/hooks/pre-commit",
        "sub/.GIT/config",
        ".git./config",
        "git~1/config",
        "bare/config",
        "almost/HEAD",
      })
  void gitObeysNoFileThatIsFetched(String name) throws IOException {
    for (String made : List.of("bare/objects", "bare/refs", "almost/objects", "almost/refs")) {
      Files.createDirectories(here.resolve(made));
    }
    Files.writeString(here.resolve("bare/HEAD"), "ref: refs/heads/main");
    Files.writeString(there.resolve("b"), "x");
    ToolResult result = fetch("b", name);
    assertThat(result.status()).isEqualTo(Status.REFUSED);
    assertThat(result.text()).contains("git obeys what is there");
    assertThat(here.resolve(name)).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"role.yaml", ".env", "./.env"})
  void whatARunObeysIsNotFetchedAndKeysAreNotSent(String name) throws IOException {
    Files.writeString(directory.resolve("there/b"), "x");
    Files.writeString(directory.resolve("role.yaml"), "name: a");
    TransferSettings all = settings(directory, List.of());
    Map<String, Object> arguments = Map.of("remote", "b", "local", name, "overwrite", true);
    assertThat(call(new PlainLauncher(), grant(all), "fetch_file", arguments).text())
        .contains("is what initrunner obeys and stays");
    Files.writeString(directory.resolve(".env"), "OPENAI_API_KEY=hunter2");
    assertThat(call(new PlainLauncher(), grant(all), "fetch_file", arguments).status())
        .isEqualTo(Status.REFUSED);
    assertThat(
            call(
                    new PlainLauncher(),
                    grant(all),
                    "send_file",
                    Map.of("local", ".env", "remote", "stolen"))
                .text())
        .contains("stays here");
    assertThat(names(there)).containsExactly("b");
    assertThat(directory.resolve("role.yaml")).hasContent("name: a");
  }

  // Confinement there.

  @Test
  void noNameAndNoLinkLeadsOutOfTheHostsDirectory() throws IOException {
    Files.writeString(here.resolve("a"), "x");
    link(there, "file", "../secret");
    link(there, "up", "..");
    for (String path :
        List.of("../secret", "/etc/passwd", directory + "/secret", "file", "up/secret")) {
      assertThat(fetch(path, "stolen").text()).as(path).contains("outside of the root directory");
      assertThat(call("send_file", Map.of("local", "a", "remote", path, "overwrite", true)).text())
          .as(path)
          .contains("outside of the root directory");
    }
    assertThat(send("a", ".git/config").text()).contains("git obeys what stands there");
    assertThat(names(here)).containsExactly("a");
    assertThat(directory.resolve("secret")).hasContent("hunter2");
  }

  @Test
  void aFileThatTheHostDoesNotHaveMakesNoDirectoryHere() throws IOException {
    assertThat(fetch("none", "sub/none")).isEqualTo(failed("Error: no such file: 'none'."));
    assertThat(names(here)).isEmpty();
  }

  // Extensions, sizes and rules.

  @Test
  void onlyFilesWithTheRolesExtensionsAreMoved() throws IOException {
    Files.writeString(here.resolve("a.md"), "x");
    Files.writeString(here.resolve("a.txt"), "x");
    link(there, "l.md", "b.txt");
    Files.writeString(there.resolve("b.txt"), "x");
    ToolGrant texts = grant(settings(here, List.of(".md")));
    assertThat(call(texts, "send_file", Map.of("local", "a.txt", "remote", "a.md")).text())
        .isEqualTo("Error: 'a.txt' does not end with one of: .md.");
    assertThat(call(texts, "send_file", Map.of("local", "a.md", "remote", "a.txt")).text())
        .isEqualTo("Error: 'a.txt' does not end with one of: .md.");
    assertThat(call(texts, "fetch_file", Map.of("remote", "l.md", "local", "b.md")).text())
        .isEqualTo("Error: 'l.md' does not end with one of: .md.");
    assertThat(call(texts, "send_file", Map.of("local", "a.md", "remote", "a.md")).status())
        .isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void aFileThatIsTooLargeStaysWhereItIs() throws IOException {
    Files.write(here.resolve("a"), new byte[(1 << 20) + 1]);
    Files.write(there.resolve("a"), new byte[(1 << 20) + 1]);
    ToolGrant small =
        grant(
            new TransferSettings(
                Optional.of(here), "there", true, true, true, List.of(), 1, MINUTE));
    assertThat(call(small, "send_file", Map.of("local", "a", "remote", "b")).text())
        .isEqualTo("Error: 'a' has 1048577 bytes, more than the 1048576 that may be sent.");
    assertThat(call(small, "fetch_file", Map.of("remote", "a", "local", "b")).text())
        .isEqualTo("Error: 'a' has 1048577 bytes, more than the 1048576 that may be fetched.");
    assertThat(names(here)).containsExactly("a");
    assertThat(names(there)).containsExactly("a");
  }

  @Test
  void rulesHoldForBothNamesInEachOfTheirSpellings() throws IOException {
    Files.createDirectory(here.resolve("keys"));
    Files.writeString(here.resolve("keys/a"), "x");
    Files.writeString(here.resolve("b"), "x");
    Permissions rules =
        new Permissions(
            Permissions.Default.ALLOW,
            List.of(),
            List.of(
                new Permissions.Rule(Optional.of("local"), "keys/*"),
                new Permissions.Rule(Optional.of("remote"), "etc/*")));
    ToolGrant ruled = new ToolGrant(settings(here, List.of()), ToolGrant.Approval.AUTO, rules);
    for (String local : List.of("keys/a", "./keys/a", "keys//a", "keys/./a")) {
      assertThat(call(ruled, "send_file", Map.of("local", local, "remote", "a")).text())
          .isEqualTo("Permission denied: send_file -- blocked by rule: local=keys/*");
    }
    for (String remote : List.of("etc/a", "x/../etc/a", there + "/etc/a")) {
      assertThat(call(ruled, "send_file", Map.of("local", "b", "remote", remote)).text())
          .isEqualTo("Permission denied: send_file -- blocked by rule: remote=etc/*");
    }
    assertThat(names(there)).isEmpty();
  }

  @Test
  void aRoleMayAllowOneDirection() {
    TransferSettings fetching =
        new TransferSettings(Optional.of(here), "there", false, true, true, List.of(), 1, MINUTE);
    assertThat(runtime(new PlainLauncher(), grant(fetching)).tools())
        .extracting(tool -> tool.name())
        .containsExactly("fetch_file");
  }

  // What goes wrong.

  @Test
  void aHostThatLiesWritesNothing() throws IOException {
    String sum = Sha256.hex(new byte[] {'a', 'b', 'c'});
    Map<String, String> lies =
        Map.of(
            "printf '3 " + sum + "\\nabcd'",
            "more than the 3 bytes that it announced",
            "printf '3 " + sum + "\\nab'",
            "is not what the host has",
            "printf '3 " + sum + "\\nabx'",
            "is not what the host has",
            "printf '3 " + sum + "\\n'; yes",
            "more than the 3 bytes that it announced",
            "printf '99999999999 " + sum + "\\n'; yes",
            "that may be fetched",
            "yes",
            "what arrived is no file",
            "printf '%0200d' 1",
            "what arrived is no file",
            "printf welcome",
            "nothing arrived");
    Files.writeString(here.resolve("a"), "old");
    lies.forEach((script, told) -> {
      ToolResult result =
          call(
              ToolSide.wrapping("sh", "-c", script, "sh"),
              "fetch_file",
              Map.of("remote", "x", "local", "a", "overwrite", true));
      assertThat(result.text())
          .as(script)
          .contains(told)
          .endsWith("Nothing was changed on this machine.");
      assertThat(result.status()).as(script).isEqualTo(Status.FAILED);
    });
    assertThat(here.resolve("a")).hasContent("old");
    assertThat(names(here)).containsExactly("a");
  }

  @Test
  void aFileThatDoesNotArriveWholeIsNotPlacedThere() throws IOException {
    Files.write(here.resolve("a"), new byte[1_000_000]);
    Files.writeString(there.resolve("a"), "old");
    Map<String, Object> arguments = Map.of("local", "a", "remote", "a", "overwrite", true);
    assertThat(
            call(
                    ToolSide.wrapping("sh", "-c", "head -c 50000 | \"$@\"", "sh"),
                    "send_file",
                    arguments)
                .text())
        .matches("Error: only \\d+ of 1000000 bytes arrived, so 'a' is as it was\\.");
    assertThat(
            call(
                    ToolSide.wrapping(
                        "sh",
                        "-c",
                        "{ head -c 50000; head -c 1 >/dev/null; printf x; cat; } | \"$@\"",
                        "sh"),
                    "send_file",
                    arguments)
                .text())
        .contains("what arrived is not what was to be sent");
    assertThat(there.resolve("a")).hasContent("old");
    assertThat(leftovers()).isEmpty();
  }

  /// A limit on the size of files ends a write as a full disk does.
  @Test
  void aHostThatTakesNoMoreLeavesTheOldFile() throws IOException {
    Files.write(here.resolve("a"), new byte[3_000_000]);
    Files.writeString(there.resolve("a"), "old");
    assertThat(send("a", "a").text()).contains("set overwrite to replace it");
    ToolResult result =
        call(
            ToolSide.wrapping("sh", "-c", "trap '' XFSZ; ulimit -f 1000; exec \"$@\"", "sh"),
            "send_file",
            Map.of("local", "a", "remote", "a", "overwrite", true));
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.text()).contains("cannot write 'a'");
    assertThat(there.resolve("a")).hasContent("old");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void anInterruptInTheMiddleOfAFetchLeavesTheOldFile() throws Exception {
    Files.write(there.resolve("a"), new byte[3_000_000]);
    Files.writeString(here.resolve("a"), "old");
    Launcher stalling =
        ToolSide.wrapping("sh", "-c", "\"$@\" | { head -c 1000000; sleep 60; }", "sh");
    ToolResult result =
        interrupted(
            here, stalling, "fetch_file", Map.of("remote", "a", "local", "a", "overwrite", true));
    assertThat(result.status()).isEqualTo(Status.CANCELLED);
    assertThat(result.text()).contains("The command was stopped.");
    assertThat(here.resolve("a")).hasContent("old");
    assertThat(names(here)).containsExactly("a");
  }

  @Test
  void anInterruptInTheMiddleOfASendLeavesTheOldFile() throws Exception {
    Files.write(here.resolve("a"), new byte[3_000_000]);
    Files.writeString(there.resolve("a"), "old");
    Launcher stalling =
        ToolSide.wrapping("sh", "-c", "{ head -c 1000000; sleep 60; } | \"$@\"", "sh");
    ToolResult result =
        interrupted(
            there, stalling, "send_file", Map.of("remote", "a", "local", "a", "overwrite", true));
    assertThat(result.status()).isEqualTo(Status.CANCELLED);
    assertThat(there.resolve("a")).hasContent("old");
    assertThat(names(there)).containsExactly("a");
  }

  private ToolResult interrupted(
      Path target, Launcher launcher, String function, Map<String, Object> arguments)
      throws Exception {
    FutureTask<ToolResult> call = new FutureTask<>(() -> call(launcher, function, arguments));
    Thread thread = Thread.startVirtualThread(call);
    while (!isUnderWay(target) && !call.isDone()) {
      Thread.sleep(20);
    }
    thread.interrupt();
    return call.get();
  }

  private static boolean isUnderWay(Path target) throws IOException {
    for (String name : names(target)) {
      if (name.startsWith(".initrunner-writing-") && Files.size(target.resolve(name)) > 100_000) {
        return true;
      }
    }
    return false;
  }

  // The calls.

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static TransferSettings settings(Path local, List<String> extensions) {
    return new TransferSettings(
        Optional.of(local), "there", true, true, true, extensions, 1024, MINUTE);
  }

  private static ToolGrant grant(TransferSettings settings) {
    return new ToolGrant(settings);
  }

  private RoleRuntime runtime(Launcher launcher, ToolGrant grant) {
    return opened.orElseThrow().runtime(directory, launcher, List.of(grant));
  }

  private ToolResult call(
      Launcher launcher, ToolGrant grant, String function, Map<String, Object> arguments) {
    return runtime(launcher, grant).call(new ToolCall("c1", function, arguments));
  }

  private ToolResult call(ToolGrant grant, String function, Map<String, Object> arguments) {
    return call(new PlainLauncher(), grant, function, arguments);
  }

  private ToolResult call(Launcher launcher, String function, Map<String, Object> arguments) {
    return call(launcher, grant(settings(here, List.of())), function, arguments);
  }

  private ToolResult call(String function, Map<String, Object> arguments) {
    return call(new PlainLauncher(), function, arguments);
  }

  private ToolResult send(String local, String remote) {
    return call("send_file", Map.of("local", local, "remote", remote));
  }

  private ToolResult fetch(String remote, String local) {
    return call("fetch_file", Map.of("remote", remote, "local", local));
  }

  private static ToolResult answer(String text) {
    return new ToolResult("c1", text, Status.SUCCEEDED);
  }

  private static ToolResult failed(String text) {
    return new ToolResult("c1", text, Status.FAILED);
  }

  private static byte[] everyByte() {
    byte[] content = new byte[300_001];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31 >> 3);
    }
    return content;
  }

  private static void link(Path root, String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  private static void run(String... argv) throws IOException {
    try {
      assertThat(new ProcessBuilder(argv).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(path -> path.getFileName().toString().startsWith(".initrunner-")).toList();
    }
  }
}
