package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.transport.LocalTransport;
import initrunner.launch.Launcher;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.confine.SandboxHost;
import initrunner.ssh.SshdExtension;
import initrunner.text.Sha256;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `copy_file` between sandboxes on two real sshd, on this machine, and in bubblewrap.
@Timeout(120)
class CopyToolTest {

  @RegisterExtension static final SshdExtension build = new SshdExtension();
  @RegisterExtension static final SshdExtension gpu = new SshdExtension();

  @TempDir private Path directory;
  @TempDir private Path log;
  private Optional<Recorded> recorded = Optional.empty();
  private final List<RoleRuntime> opened = new ArrayList<>();

  @BeforeEach
  void directories() throws IOException {
    for (String name : List.of("build", "gpu", "here", "box")) {
      Files.createDirectories(directory.resolve(name));
    }
    recorded = Optional.of(new Recorded(log));
  }

  @AfterEach
  void close() {
    opened.forEach(RoleRuntime::close);
    recorded.ifPresent(Recorded::close);
  }

  private Role role(String transfer) throws IOException {
    Path file = directory.resolve("role.yaml");
    Files.writeString(
        file,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: two}
        spec:
          role: You build on one host, and run on another.
          tools:
            - type: transfer
              sandboxes: [build, gpu, here, box, down]
        %s
          security:
            sandboxes:
              default: build
              build: {backend: ssh, ssh: {host: %s, config_file: %s, remote_cwd: %s}}
              gpu: {backend: ssh, ssh: {host: %s, config_file: %s, remote_cwd: %s}}
              here: {backend: none}
              box: {backend: bwrap, allowed_write_paths: [box]}
              down: {backend: ssh, ssh: {host: 127.0.0.9, connect_timeout: 2}}
        """
            .formatted(
                transfer.indent(6),
                SshdExtension.HOST,
                build.configFile(),
                directory.resolve("build"),
                SshdExtension.HOST,
                gpu.configFile(),
                directory.resolve("gpu")));
    return RoleLoader.load(file, Map.of());
  }

  private RoleRuntime runtime() throws IOException {
    return open(RoleRuntime.open(role(""), recorded.map(Recorded::store), "run1"));
  }

  private RoleRuntime open(RoleRuntime runtime) {
    opened.add(runtime);
    return runtime;
  }

  /// Two sandboxes of this machine, whose commands are started with these words before them.
  private RoleRuntime wrapped(List<String> atBuild, List<String> atGpu) throws IOException {
    return open(
        RoleRuntime.open(
            role(""),
            one -> {
              String name = one.security().sandboxName().orElseThrow();
              return wrapped(
                  name,
                  switch (name) {
                    case "build" -> atBuild;
                    case "gpu" -> atGpu;
                    default -> List.of("env");
                  });
            },
            recorded.map(Recorded::store),
            "run1"));
  }

  private Sandbox wrapped(String name, List<String> words) {
    Launcher launcher = ToolSide.wrapping(words.toArray(String[]::new));
    return new Sandbox(
        new SandboxHost(
            "none",
            Optional.empty(),
            Optional.of(directory.resolve(name).toString()),
            Optional.of(name)),
        new LocalTransport(System.getenv()),
        launcher);
  }

  private static List<String> sh(String script) {
    return List.of("sh", "-c", script, "sh");
  }

  private static ToolCall copy(
      String from, String source, String to, String target, Object... more) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("from", from);
    arguments.put("source", source);
    arguments.put("to", to);
    arguments.put("target", target);
    for (int i = 0; i < more.length; i += 2) {
      arguments.put((String) more[i], more[i + 1]);
    }
    return new ToolCall("c1", "copy_file", arguments);
  }

  private static byte[] everyByte() {
    byte[] all = new byte[100_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i * 31 + i / 256);
    }
    return all;
  }

  private List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(".initrunner-"))
          .toList();
    }
  }

  // What goes well.

  @ParameterizedTest
  @CsvSource({
    "build, gpu",
    "gpu, build",
    "build, here",
    "here, gpu",
    "build, box",
    "box, gpu",
    "gpu, gpu"
  })
  void aFileGoesFromEachSandboxToEachOther(String from, String to) throws IOException {
    Files.write(place(from).resolve("a b"), everyByte());

    ToolResult result = runtime().call(copy(from, source(from, "a b"), to, source(to, "new/-é")));

    assertThat(result.text())
        .contains(
            "From %s (".formatted(from),
            " to %s (".formatted(to),
            "created, %d bytes, SHA-256 %s."
                .formatted(everyByte().length, Sha256.hex(everyByte())));
    assertThat(result.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(place(to).resolve("new/-é")).hasBinaryContent(everyByte());
    assertThat(leftovers()).isEmpty();
  }

  private Path place(String sandbox) {
    return directory.resolve(sandbox);
  }

  /// Tools on this machine start in the role's directory.
  private static String source(String sandbox, String name) {
    return List.of("here", "box").contains(sandbox) ? sandbox + "/" + name : name;
  }

  @Test
  void aLargeFileGoesThroughLittleMemoryAndAProgramStaysOne() throws IOException {
    Path file = place("build").resolve("a");
    Files.write(file, new byte[48 << 20]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(runtime().call(copy("build", "a", "gpu", "a")).text())
        .contains("created, 50331648 bytes");
    assertThat(place("gpu").resolve("a")).hasSize(48 << 20).isExecutable();

    Files.writeString(place("build").resolve("text"), "x");
    runtime().call(copy("build", "text", "gpu", "text"));
    assertThat(Files.getPosixFilePermissions(place("gpu").resolve("text")))
        .doesNotContain(PosixFilePermission.OWNER_EXECUTE);
  }

  @Test
  void anEmptyFileGoesToo() throws IOException {
    Files.createFile(place("build").resolve("a"));
    assertThat(runtime().call(copy("build", "a", "gpu", "a")).text()).contains("created, 0 bytes");
    assertThat(place("gpu").resolve("a")).isEmptyFile();
  }

  @Test
  void bothSandboxesRecordTheirEnd() throws IOException {
    Files.writeString(place("build").resolve("a"), "x");
    runtime().call(copy("build", "a", "gpu", "b"));
    assertThat(recorded.orElseThrow().rows())
        .filteredOn(row -> row.eventType().equals("sandbox.exec"))
        .extracting(row -> row.details())
        .satisfiesExactlyInAnyOrder(
            row -> assertThat(row).contains("sandbox=build", "tool=transfer", "function=copy_from"),
            row -> assertThat(row).contains("sandbox=gpu", "tool=transfer", "function=copy_to"))
        .allSatisfy(row -> assertThat(row).contains("request=c1", "rc=0"));
  }

  @Test
  void theModelSeesOneFunctionForAllOfThem() throws IOException {
    assertThat(runtime().tools()).extracting(Tool::name).containsExactly("copy_file");
    assertThat(runtime().tools().getFirst().parameters().getFirst().allowed())
        .containsExactly("build", "gpu", "here", "box", "down");
    assertThat(runtime().call(new ToolCall("c1", "copy_to", Map.of("remote", "x"))).text())
        .contains("there is no tool 'copy_to'");
  }

  // What is refused.

  @Test
  void aFileThatIsThereIsReplacedOnlyOnRequest() throws IOException {
    Files.writeString(place("build").resolve("a"), "new");
    Files.writeString(place("gpu").resolve("a"), "old");
    RoleRuntime runtime = runtime();
    assertThat(runtime.call(copy("build", "a", "gpu", "a")))
        .satisfies(result -> {
          assertThat(result.text())
              .startsWith(
                  "On gpu (my-build-box):\nError: 'a' is there already, and stays as it is");
          assertThat(result.status()).isEqualTo(Status.FAILED);
        });
    assertThat(place("gpu").resolve("a")).hasContent("old");
    assertThat(runtime.call(copy("build", "a", "gpu", "a", "overwrite", true)).text())
        .contains("replaced, 3 bytes");
    assertThat(place("gpu").resolve("a")).hasContent("new");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../role.yaml", "/etc/passwd", "missing", "dir", "", "a/", "link"})
  void onlyAFileBelowTheRootLeavesASandboxAndNoneGoesElsewhere(String name) throws IOException {
    Files.createDirectory(place("build").resolve("dir"));
    Files.createSymbolicLink(place("build").resolve("link"), Path.of("/etc/passwd"));
    Files.createDirectory(place("gpu").resolve("dir"));
    Files.createSymbolicLink(place("gpu").resolve("link"), log.resolve("stolen"));
    Files.writeString(place("build").resolve("fine"), "x");
    RoleRuntime runtime = runtime();

    ToolResult out = runtime.call(copy("build", name, "gpu", "stolen"));
    assertThat(out.status()).isIn(Status.FAILED, Status.REFUSED);
    assertThat(out.text()).startsWith("On build (my-build-box):\nError: ");
    assertThat(place("gpu").resolve("stolen")).doesNotExist();
    if (!name.equals("missing")) {
      ToolResult in = runtime.call(copy("build", "fine", "gpu", name));
      assertThat(in.status()).isIn(Status.FAILED, Status.REFUSED);
      assertThat(in.text()).startsWith("On gpu (my-build-box):\nError: ");
    }
    assertThat(log.resolve("stolen")).doesNotExist();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void aWrongNameOfASandboxRunsNothing() throws IOException {
    RoleRuntime runtime = runtime();
    assertThat(runtime.call(copy("build", "a", "gqu", "a")).text())
        .contains("there is no sandbox of that name (did you mean 'gpu'?)", "Nothing was run");
    // A letter that looks like b.
    assertThat(runtime.call(copy("Ьuild", "a", "gpu", "a")).text())
        .contains("there is no sandbox of that name");
    assertThat(runtime.call(new ToolCall("c1", "copy_file", Map.of("from", "gpu"))).text())
        .contains("'source' is missing", "'to' is missing", "'target' is missing");
    assertThat(recorded.orElseThrow().lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).contains("refused"));
  }

  @Test
  void rulesOfTheTransferToolHoldAtBothEnds() throws IOException {
    Files.createDirectories(place("build").resolve("keys"));
    Files.writeString(place("build").resolve("keys/a"), "x");
    Files.writeString(place("build").resolve("b.txt"), "x");
    RoleRuntime runtime =
        open(
            RoleRuntime.open(
                role("permissions: {deny: ['remote=keys/*']}\nallowed_extensions: ['.txt']"),
                recorded.map(Recorded::store),
                "run1"));
    assertThat(runtime.call(copy("build", "./keys//a", "gpu", "a")))
        .satisfies(result -> {
          assertThat(result.text())
              .startsWith("On build (my-build-box):\nPermission denied:")
              .contains("remote=keys/*");
          assertThat(result.status()).isEqualTo(Status.REFUSED);
        });
    assertThat(runtime.call(copy("build", "b.txt", "gpu", "keys/a")).text())
        .startsWith("On gpu (my-build-box):\nPermission denied:");
    assertThat(runtime.call(copy("build", "b.txt", "gpu", "b")).text())
        .contains("'b' does not end with one of: .txt");
    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.contains("reason=permission"))
        .hasSize(2);
    assertThat(place("gpu")).isEmptyDirectory();
  }

  @Test
  void aPersonIsAskedAboutBothAndMaySayNo() throws IOException {
    Files.writeString(place("build").resolve("a"), "x");
    RoleRuntime runtime =
        open(RoleRuntime.open(role("approval: required"), recorded.map(Recorded::store), "run1"));
    ToolCall call = copy("build", "a", "gpu", "a");
    assertThat(runtime.isAskedAbout(runtime.tools().getFirst())).isTrue();
    assertThat(runtime.needsApproval(call)).isTrue();
    assertThat(runtime.placeOf(call)).isEqualTo("build (my-build-box) to gpu (my-build-box)");
    assertThat(runtime.call(call).text()).contains("needs a person's approval");
    assertThat(runtime.deny(call, PersonsDecision.now("terminal")).status())
        .isEqualTo(Status.DENIED);
    assertThat(place("gpu")).isEmptyDirectory();
    assertThat(runtime.callApproved(call, PersonsDecision.now("terminal")).status())
        .isEqualTo(Status.SUCCEEDED);
    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.contains("reason=denied"))
        .hasSize(2);
  }

  @Test
  void noPersonIsAskedAboutWhatOneEndRefuses() throws IOException {
    String rules = "approval: required\npermissions: {deny: ['remote=keys/*']}";
    RoleRuntime runtime =
        open(RoleRuntime.open(role(rules), recorded.map(Recorded::store), "run1"));
    assertThat(runtime.needsApproval(copy("build", "a", "gpu", "a"))).isTrue();
    for (ToolCall call :
        List.of(copy("build", "keys/a", "gpu", "a"), copy("build", "a", "gpu", "keys/a"))) {
      assertThat(runtime.needsApproval(call)).isFalse();
      assertThat(runtime.call(call).text()).contains("Permission denied:");
    }
  }

  // What goes wrong.

  @ParameterizedTest
  @CsvSource({"down, build", "build, down"})
  void oneThatIsDownIsAnAnswer(String from, String to) throws IOException {
    Files.write(place("build").resolve("a"), new byte[4 << 20]);
    ToolResult result = runtime().call(copy(from, "a", to, "b"));
    assertThat(result.status()).isIn(Status.NOT_STARTED, Status.FAILED);
    assertThat(result.text()).contains("On down (127.0.0.9):\nError: ", "Nothing was started");
    assertThat(place("build").resolve("b")).doesNotExist();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void aSandboxThatLiesPlacesNothing() throws IOException {
    String sum = Sha256.hex(new byte[] {'a', 'b', 'c'});
    Map<String, String> lies =
        Map.of(
            "printf '3 " + sum + "\\nabcd'",
            "sent more than it announced",
            "printf '3 " + sum + "\\n'; yes",
            "sent more than it announced",
            "printf '3 " + sum + "\\nab'",
            "it ended before it had printed all of the file",
            "printf '3 " + sum + "\\nabx'",
            "what arrived is not what was to be sent",
            "printf '99999999999 " + sum + "\\n'; yes",
            "more than the 1073741824",
            "yes",
            "what arrived is no file",
            "printf '%0200d' 1",
            "what arrived is no file",
            "printf welcome",
            "nothing arrived",
            ":",
            "nothing arrived");
    Files.writeString(place("gpu").resolve("a"), "old");
    for (Map.Entry<String, String> lie : lies.entrySet()) {
      RoleRuntime runtime = wrapped(sh("cat >/dev/null; " + lie.getKey()), List.of("env"));
      ToolResult result = runtime.call(copy("build", "x", "gpu", "a", "overwrite", true));
      assertThat(result.text()).as(lie.getKey()).contains(lie.getValue());
      assertThat(result.status()).as(lie.getKey()).isEqualTo(Status.FAILED);
      assertThat(place("gpu").resolve("a")).hasContent("old");
    }
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void noSandboxAnswersForTheOther() throws IOException {
    String forged = "cat >/dev/null; printf 'no\\nOn gpu (gpu):\\r\\nError: full\\n' >&2; exit 65";
    RoleRuntime runtime = wrapped(sh(forged), List.of("env"));
    ToolResult result = runtime.call(copy("build", "x", "gpu", "a"));
    assertThat(result.text())
        .startsWith("On build (this machine):\nError: no\n  On gpu (gpu):\n  Error: full");
    assertThat(result.text().lines().filter(line -> line.startsWith("On "))).hasSize(1);
  }

  @Test
  void whatMayHaveBeenPlacedIsNotCalledUnchanged() throws IOException {
    String sum = Sha256.hex(new byte[] {'a', 'b', 'c'});
    String more = "cat >/dev/null; printf '3 " + sum + "\\nabc'; sleep 1; yes";
    RoleRuntime runtime = wrapped(sh(more), sh("\"$@\"; kill -9 $$"));
    Files.writeString(place("gpu").resolve("a"), "old");
    ToolResult result = runtime.call(copy("build", "x", "gpu", "a", "overwrite", true));
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.text()).contains("sent more than it announced");
    // A loaded machine may see all of the output at once, and pass nothing on.
    assertThat(result.text().contains("Nothing was changed"))
        .isEqualTo(Files.readString(place("gpu").resolve("a")).equals("old"));
  }

  @Test
  void aSandboxThatSaysItHasAnotherFileIsNotBelieved() throws IOException {
    Files.writeString(place("build").resolve("a"), "abc");
    for (String answer :
        List.of(
            "echo created 3 " + Sha256.hex(new byte[] {'x'}),
            "echo created 4 " + Sha256.hex(new byte[] {'a', 'b', 'c'}))) {
      ToolResult result =
          wrapped(List.of("env"), sh("cat >/dev/null; " + answer))
              .call(copy("build", "a", "gpu", "a"));
      assertThat(result.text()).contains("On gpu", "it has another file than went there");
      assertThat(result.status()).isEqualTo(Status.FAILED);
    }
    ToolResult garbage =
        wrapped(List.of("env"), sh("cat >/dev/null; echo fine"))
            .call(copy("build", "a", "gpu", "a"));
    assertThat(garbage.text()).contains("the answer did not arrive as it was written");
    assertThat(garbage.status()).isEqualTo(Status.FAILED);
  }

  /// A limit on the size of files ends a write as a full disk does.
  @Test
  void aSandboxThatTakesNoMoreStopsTheOther() throws IOException {
    Files.write(place("build").resolve("a"), new byte[8 << 20]);
    Files.writeString(place("gpu").resolve("a"), "old");
    RoleRuntime runtime = wrapped(List.of("env"), sh("trap '' XFSZ; ulimit -f 1000; exec \"$@\""));
    ToolResult result = runtime.call(copy("build", "a", "gpu", "a", "overwrite", true));
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.text()).contains("cannot write 'a'", "Nothing was changed on gpu");
    assertThat(place("gpu").resolve("a")).hasContent("old");
    assertThat(leftovers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLinkThatBreaksInTheMiddleIsToldOfAndTheOldFileStays(boolean isOfTheSource)
      throws Exception {
    RoleRuntime runtime = runtime();
    ToolResult result =
        whileUnderWay(
            runtime,
            thread ->
                (isOfTheSource ? build : gpu)
                    .sessions()
                    .forEach(
                        pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly)));
    assertThat(result.status()).isEqualTo(Status.LOST);
    assertThat(result.text())
        .contains(
            "On " + (isOfTheSource ? "build" : "gpu") + " (my-build-box):\nError: the connection",
            isOfTheSource
                ? "Nothing was changed on gpu (my-build-box)."
                : "Not all of the file went to gpu (my-build-box), so no file there was changed.");
    assertThat(place("gpu").resolve("a")).hasContent("old");
    assertThat(runtime.call(copy("build", "small", "gpu", "small")).status())
        .isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void anInterruptStopsBoth() throws Exception {
    ToolResult result = whileUnderWay(runtime(), Thread::interrupt);
    assertThat(result.status()).isEqualTo(Status.CANCELLED);
    assertThat(place("gpu").resolve("a")).hasContent("old");
    assertThat(leftovers()).isEmpty();
    assertThat(recorded.orElseThrow().lines())
        .filteredOn(line -> line.startsWith("sandbox.exec"))
        .hasSize(2);
  }

  @Test
  void aSandboxThatStopsReadingEndsTheCallAtItsTimeout() throws IOException {
    Files.write(place("build").resolve("a"), new byte[8 << 20]);
    RoleRuntime runtime =
        open(
            RoleRuntime.open(
                role("timeout_seconds: 2"),
                one -> {
                  String name = one.security().sandboxName().orElseThrow();
                  return wrapped(name, name.equals("gpu") ? sh("exec sleep 60") : List.of("env"));
                },
                recorded.map(Recorded::store),
                "run1"));
    ToolResult result = runtime.call(copy("build", "a", "gpu", "a"));
    assertThat(result.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(result.text()).contains("On gpu (this machine):\nError: Execution timed out");
  }

  /// Does this while a large file is on its way.
  private ToolResult whileUnderWay(RoleRuntime runtime, Consumer<Thread> what) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(place("build").resolve("a").toFile(), "rw")) {
      file.setLength(1000L << 20);
    }
    Files.writeString(place("build").resolve("small"), "x");
    Files.writeString(place("gpu").resolve("a"), "old");
    FutureTask<ToolResult> call =
        new FutureTask<>(() -> runtime.call(copy("build", "a", "gpu", "a", "overwrite", true)));
    Thread thread = Thread.startVirtualThread(call);
    while (!call.isDone() && !isUnderWay()) {
      Thread.sleep(5);
    }
    what.accept(thread);
    return call.get();
  }

  private boolean isUnderWay() throws IOException {
    for (String name : leftovers()) {
      if (Files.size(place("gpu").resolve(name)) > 1_000_000) {
        return true;
      }
    }
    return false;
  }
}
