package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Paths of this machine that a role mounts on its host, on a real one.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StagedMountsTest {

  @RegisterExtension static final SshdExtension SSHD = new SshdExtension();

  private static final String HEAD =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata:
        name: builder
      spec:
        role: You build.
        security:
          sandbox:
            backend: ssh
            ssh:
              host: %s
              config_file: %s
              remote_cwd: ~/work
              launcher: %s
            bind_mounts:
      """;

  @TempDir private Path directory;
  private Path data;
  private Path work;
  private CapturedConsole console = CapturedConsole.of(Map.of());

  @BeforeEach
  void directories() throws IOException {
    deleteTree(SSHD.home().resolve("work"));
    work = Files.createDirectories(SSHD.home().resolve("work"));
    data = Files.createDirectories(directory.resolve("project/data"));
    Files.createDirectories(data.resolve("in"));
    Files.writeString(data.resolve("a.txt"), "one\n");
    Files.writeString(data.resolve("in/b.sh"), "echo two\n");
    Files.setPosixFilePermissions(
        data.resolve("in/b.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void deleteTree(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Path role(String launcher, String... mounts) throws IOException {
    return named("role.yaml", launcher, mounts);
  }

  private Path named(String name, String launcher, String... mounts) throws IOException {
    StringBuilder all =
        new StringBuilder(HEAD.formatted(SshdExtension.HOST, SSHD.configFile(), launcher));
    for (String mount : mounts) {
      all.append("        - {").append(mount).append(", local: true}\n");
    }
    return Files.writeString(directory.resolve("project/" + name), all);
  }

  private int exec(Path role, String... argv) {
    console = console();
    return console.run(
        Stream.concat(Stream.of("exec", role.toString(), "--"), Stream.of(argv))
            .toArray(String[]::new));
  }

  private CapturedConsole console() {
    return CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));
  }

  private void prints(String output, Path role, String... argv) {
    int status = exec(role, argv);
    assertThat(console.stderr()).isEmpty();
    assertThat(console.stdout()).isEqualTo(output);
    assertThat(status).isEqualTo(ExitCodes.OK);
  }

  /// What the rows of transfers say, in their order.
  private List<String> transfers() {
    CapturedConsole events = console();
    assertThat(events.run("audit", "export", "--format", "jsonl")).isEqualTo(ExitCodes.OK);
    return events.stdout().lines().filter(line -> line.contains("sandbox.transfer")).toList();
  }

  private String lastTransfer() {
    return transfers().getLast();
  }

  @Test
  void aDirectoryIsThereBeforeTheFirstCommandAndIsSentOnce() throws Exception {
    Path role = role("none", "source: data, target: in/data");
    prints("one\ntwo\n", role, "sh", "-c", "cat in/data/a.txt; in/data/in/b.sh");
    assertThat(lastTransfer()).contains("push").contains("complete");
    int before = transfers().size();
    FileTime sent = Files.getLastModifiedTime(work.resolve("in/data"));

    prints("one\n", role, "cat", "in/data/a.txt");

    assertThat(transfers()).hasSize(before + 1);
    assertThat(lastTransfer()).contains(" files=0 bytes=0 ");
    assertThat(Files.getLastModifiedTime(work.resolve("in/data"))).isEqualTo(sent);
  }

  @Test
  void whatGitIgnoresIsThereToo() throws Exception {
    Files.createDirectories(directory.resolve("project/.git"));
    Files.writeString(directory.resolve("project/.gitignore"), "data\nrun.py\n");
    Files.writeString(directory.resolve("project/run.py"), "print(1)\n");
    Path role = role("none", "source: data, target: d", "source: run.py, target: run.py");
    prints("one\nprint(1)\n", role, "cat", "d/a.txt", "run.py");
  }

  @Test
  void aFileIsThereAndItsNeighboursAreNot() throws Exception {
    String target = SSHD.home().resolve("absolute/a.txt").toString();
    Path role = role("none", "source: data/a.txt, target: " + target);
    prints("one\n", role, "cat", target);
    Files.writeString(data.resolve("a.txt"), "changed\n");
    prints("changed\n", role, "cat", target);
    assertThat(SSHD.home().resolve("absolute/in")).doesNotExist();
  }

  @Test
  void whatIsRemovedHereGoesAndWhatOthersPutThereStays() throws Exception {
    Path role = role("none", "source: data, target: data");
    prints("", role, "touch", "data/other");
    Files.delete(data.resolve("a.txt"));
    prints("in\nother\n", role, "ls", "data");
  }

  @Test
  void aTargetThatSomethingElseChangedRefusesTheStart() throws Exception {
    Path role = role("none", "source: data, target: data");
    Files.createDirectories(work.resolve("data"));
    Files.writeString(work.resolve("data/a.txt"), "theirs\n");

    assertThat(exec(role, "touch", "started")).isEqualTo(ExitCodes.EXEC_FAILED);

    assertThat(console.stderr())
        .contains("is not the copy of", "a.txt differs on the two sides", "Nothing was started");
    assertThat(work.resolve("started")).doesNotExist();
    assertThat(work.resolve("data/a.txt")).hasContent("theirs");
    Files.delete(work.resolve("data/a.txt"));
    prints("one\n", role, "cat", "data/a.txt");

    // Changed there alone, changed on both sides, and removed there.
    Files.writeString(work.resolve("data/a.txt"), "theirs again\n");
    assertThat(exec(role, "true")).isEqualTo(ExitCodes.EXEC_FAILED);
    Files.writeString(data.resolve("a.txt"), "ours\n");
    assertThat(exec(role, "true")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(console.stderr()).contains("a.txt");
    assertThat(work.resolve("data/a.txt")).hasContent("theirs again");
    Files.delete(work.resolve("data/a.txt"));
    prints("ours\n", role, "cat", "data/a.txt");
    Files.delete(work.resolve("data/a.txt"));
    prints("ours\n", role, "cat", "data/a.txt");
  }

  @Test
  void whatChangedInAWritableMountComesBackAfterTheCommand() throws Exception {
    Path role = role("none", "source: data, target: data, read_only: false");
    prints("", role, "sh", "-c", "echo there >>data/a.txt; echo new >data/c; rm data/in/b.sh");
    assertThat(data.resolve("a.txt")).hasContent("one\nthere");
    assertThat(data.resolve("c")).hasContent("new");
    assertThat(data.resolve("in/b.sh")).doesNotExist();
    assertThat(lastTransfer()).contains("pull");
  }

  @Test
  void whatAnAgentChangedInAWritableMountComesBackAfterItsRun() throws Exception {
    Path role = role("none", "source: data, target: data, read_only: false");
    Files.writeString(
        role, Files.readString(role).replace("spec:\n", "spec:\n  tools: [{type: shell}]\n"));
    Path turns =
        Files.writeString(
            directory.resolve("turns.json"),
            """
            [{"text": "I write.",
              "tool_calls": [{"name": "run_shell", "arguments": {"command": "touch data/made"}}]},
             {"text": "Done."}]
            """);
    console = console();

    assertThat(console.run("run", role.toString(), "-p", "Go.", "--replay", turns.toString()))
        .as(console.stderr())
        .isEqualTo(ExitCodes.OK);

    assertThat(data.resolve("made")).exists();
  }

  @Test
  void aWritableFileComesBackAlone() throws Exception {
    Path role = role("none", "source: data/a.txt, target: a.txt, read_only: false");
    prints("", role, "sh", "-c", "echo there >>a.txt; echo new >c");
    assertThat(data.resolve("a.txt")).hasContent("one\nthere");
    assertThat(data.resolve("c")).doesNotExist();
  }

  @Test
  void anEditOfBothSidesIsAConflictAndKeepsBoth() throws Exception {
    Path role = role("none", "source: data, target: data, read_only: false");
    prints("", role, "true");
    Path fifo = work.resolve("go");
    prints("", role, "mkfifo", "go");
    CapturedConsole edited = console();
    Thread here =
        Thread.ofPlatform()
            .start(() -> {
              try {
                // The command has begun when the pipe opens.
                try (var pipe = Files.newOutputStream(fifo)) {
                  Files.writeString(data.resolve("a.txt"), "ours\n");
                  pipe.write('\n');
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    int status =
        edited.run("exec", role.toString(), "--", "sh", "-c", "cat go; echo theirs >data/a.txt");
    here.join();

    assertThat(status).isEqualTo(ExitCodes.FAILED);
    assertThat(edited.stderr()).contains("did not come back", "a.txt: changed on both sides");
    assertThat(data.resolve("a.txt")).hasContent("ours");
    assertThat(work.resolve("data/a.txt")).hasContent("theirs");
  }

  @Test
  void aCopyThatIsGoneRemovesNothingHere() throws Exception {
    Path role = role("none", "source: data, target: data, read_only: false");
    prints("", role, "rm", "-r", "data");
    assertThat(data.resolve("a.txt")).hasContent("one");
    prints("one\n", role, "cat", "data/a.txt");
    deleteTree(work.resolve("data"));
    prints("one\n", role, "cat", "data/a.txt");
  }

  @Test
  void bubblewrapMountsACopyThatCommandsOnlyRead() throws Exception {
    Path role = role("bwrap", "source: data, target: /data", "source: data/a.txt, target: /x/y");
    prints("one\none\ntwo\n", role, "sh", "-c", "cat /data/a.txt /x/y; /data/in/b.sh");
    assertThat(exec(role, "sh", "-c", "echo x >/data/a.txt")).isNotEqualTo(ExitCodes.OK);
    assertThat(console.stderr()).contains("Read-only file system");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store())))
        .isEqualTo("rwx------");

    // Another role, and a copy of the source, use the same.
    Files.createDirectories(directory.resolve("project/copy/in"));
    Files.copy(data.resolve("a.txt"), directory.resolve("project/copy/a.txt"));
    Files.copy(
        data.resolve("in/b.sh"),
        directory.resolve("project/copy/in/b.sh"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Path other = named("other.yaml", "bwrap", "source: copy, target: /copy");
    List<Path> entries = entries();
    prints("one\n", other, "cat", "/copy/a.txt");
    assertThat(lastTransfer()).contains(" files=0 bytes=0 ");
    assertThat(entries()).isEqualTo(entries);
  }

  private static Path store() {
    return SSHD.home().resolve(".cache/initrunner/mounts");
  }

  private static List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(store())) {
      return files.sorted().toList();
    }
  }

  @Test
  void aCopyThatSomethingElseChangedIsSentAnew() throws Exception {
    Files.writeString(data.resolve("a.txt"), "of this test\n");
    Path role = role("bwrap", "source: data, target: /data");
    prints("of this test\n", role, "cat", "/data/a.txt");
    for (Path entry : entries()) {
      Path file = entry.resolve("tree/a.txt");
      if (Files.exists(file) && Files.readString(file).equals("of this test\n")) {
        Files.writeString(file, "of this TEST\n");
        Files.writeString(entry.resolve("tree/more"), "");
      }
    }
    prints("of this test\na.txt\nin\n", role, "sh", "-c", "cat /data/a.txt; ls /data");
  }

  @Test
  void aWritableMountInBubblewrapIsAWorkingCopyThatComesBack() throws Exception {
    Path role = role("bwrap", "source: data, target: /data, read_only: false");
    prints("", role, "sh", "-c", "echo there >>/data/a.txt");
    assertThat(data.resolve("a.txt")).hasContent("one\nthere");
    Files.writeString(data.resolve("a.txt"), "edited\n");
    prints("edited\n", role, "cat", "/data/a.txt");
  }

  @Test
  void oldCopiesAreSweptButNeverThoseOfThisRun() throws Exception {
    Path role = role("bwrap", "source: data, target: /data");
    prints("one\n", role, "cat", "/data/a.txt");
    Files.createDirectories(store().resolve("not-ours"));
    Path old = entry("aa", Duration.ofDays(40));
    Path recent = entry("bb", Duration.ofDays(20));
    Files.setLastModifiedTime(
        store().resolve("not-ours"), FileTime.from(Instant.now().minus(Duration.ofDays(50))));

    prints("one\n", role, "cat", "/data/a.txt");

    assertThat(old).doesNotExist();
    assertThat(recent).exists();
    assertThat(store().resolve("not-ours")).exists();
    for (int i = 0; i < 60; i++) {
      entry("cc%02x".formatted(i), Duration.ofDays(2).plusMinutes(i));
    }
    Path today = entry("dd", Duration.ofMinutes(5));
    prints("one\n", role, "cat", "/data/a.txt");
    assertThat(entries()).hasSize(50 + 1).contains(store().resolve("not-ours"));
    assertThat(recent).doesNotExist();
    assertThat(today).exists();
    assertThat(store().resolve("cc00")).exists();
  }

  private static Path entry(String name, Duration age) throws IOException {
    Path entry = Files.createDirectories(store().resolve(name));
    Path tree = Files.createDirectories(entry.resolve("tree"));
    Files.writeString(tree.resolve("file"), "");
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minus(age)));
    return entry;
  }

  @Test
  void twoCommandsAtOnceBringTheSameCopy() throws Exception {
    Path role = role("bwrap", "source: data, target: /data");
    Files.writeString(data.resolve("large"), "x".repeat(20 << 20));
    CapturedConsole other = console();
    String[] argv = {"exec", role.toString(), "--", "sh", "-c", "cat /data/large | wc -c"};
    Thread beside = Thread.ofPlatform().start(() -> assertThat(other.run(argv)).isZero());
    prints((20 << 20) + "\n", role, "sh", "-c", "cat /data/large | wc -c");
    beside.join();
    assertThat(other.stderr()).isEmpty();
    assertThat(other.stdout()).isEqualTo((20 << 20) + "\n");
  }

  @Test
  void ownFilesOfInitRunnerAreNeverCopied() throws Exception {
    Files.createDirectories(directory.resolve("home"));
    Path role = role("none", "source: ../home, target: home");
    assertThat(exec(role, "true")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(console.stderr()).contains("would copy InitRunner's own files");
  }
}
