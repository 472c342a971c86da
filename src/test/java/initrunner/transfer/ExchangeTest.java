package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Files there and back, on a real host with GNU's programs.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExchangeTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final long HOLES_BYTES = 60 << 20;

  private static OpenSshTransport transport;

  @TempDir private Path directory;
  private Path here;
  private Path there;

  @BeforeAll
  static void connect() {
    transport = new OpenSshTransport(sshd.target());
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  @BeforeEach
  void directories() throws IOException {
    here = Files.createDirectory(directory.resolve("here"));
    there = directory.resolve("there");
  }

  private Exchange exchange() {
    return new Exchange(transport, "box", Optional.empty(), directory.resolve("states"));
  }

  private Exchange.Trees trees() {
    return new Exchange.Trees(here, there.toString(), Selection.of(List.of()));
  }

  private TransferReport run(Direction direction) {
    return run(new Rules(direction, Deletion.FOLLOWED, Take.NEITHER));
  }

  private TransferReport run(Rules rules) {
    return exchange().run(trees(), rules, Progress.NONE);
  }

  private static void write(Path root, String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static Map<String, String> tree(Path root) throws IOException {
    return Trees.of(root);
  }

  @Test
  void whatIsHereIsThereAfterwards() throws Exception {
    write(here, "a.txt", "one\n");
    write(here, "d/e/b.sh", "echo two\n");
    Files.setPosixFilePermissions(
        here.resolve("d/e/b.sh"), PosixFilePermissions.fromString("rwxr-x---"));
    Files.createDirectories(here.resolve("empty/inner"));
    Files.createSymbolicLink(here.resolve("d/link"), Path.of("../a.txt"));
    Files.setLastModifiedTime(
        here.resolve("a.txt"), FileTime.from(Instant.ofEpochSecond(1_000_000_000)));

    TransferReport report = run(Direction.PUSH);

    assertThat(report.isComplete()).isTrue();
    assertThat(tree(there)).isEqualTo(tree(here));
    assertThat(Files.getLastModifiedTime(there.resolve("a.txt")).toInstant())
        .isEqualTo(Instant.ofEpochSecond(1_000_000_000));
    assertThat(run(Direction.PUSH).sent()).isEmpty();
  }

  @Test
  void aTreeThatIsGoneOnTheHostRemovesNothingHereAndIsSentAgain() throws Exception {
    write(here, "a.txt", "one\n");
    write(here, "d/b.txt", "two\n");
    run(Direction.PUSH);
    Map<String, String> whole = tree(here);
    Files.move(there, directory.resolve("lost"));

    assertThat(run(Direction.PULL).removedHere()).isEmpty();
    assertThat(tree(here)).isEqualTo(whole);
    run(Direction.PUSH);
    assertThat(tree(there)).isEqualTo(whole);
  }

  @Test
  void theReportNamesWhatDiffersAndIsLeft() throws Exception {
    write(here, "a.txt", "one\n");
    write(here, "b.txt", "two\n");
    run(Direction.PUSH);
    write(there, "a.txt", "changed\n");
    Files.delete(there.resolve("b.txt"));
    write(there, "c.txt", "new\n");

    assertThat(run(Direction.PUSH).left())
        .containsExactly(
            new TransferReport.Left("a.txt", TransferReport.Held.BOTH),
            new TransferReport.Left("b.txt", TransferReport.Held.HERE),
            new TransferReport.Left("c.txt", TransferReport.Held.THERE));
  }

  @Test
  void namesOfEveryByteArrive() throws Exception {
    for (int octet = 1; octet < 256; octet++) {
      if (octet != '/') {
        Path file = new TreePath("x" + (char) octet + "y").in(here);
        Files.writeString(file, "content " + octet);
        Files.createSymbolicLink(
            new TreePath("l" + (char) octet).in(here), TreePath.path("x" + (char) octet + "y"));
      }
    }
    Files.writeString(new TreePath("-rf").in(here), "dash");
    Files.writeString(new TreePath("n".repeat(200)).in(here), "long");
    Files.createDirectory(new TreePath("dir \n'\"$(x)`").in(here));
    Files.writeString(new TreePath("dir \n'\"$(x)`/\\").in(here), "odd");

    assertThat(run(Direction.PUSH).isComplete()).isTrue();
    assertThat(tree(there)).isEqualTo(tree(here));

    Path back = Files.createDirectory(directory.resolve("back"));
    TransferReport report =
        exchange()
            .run(
                new Exchange.Trees(back, there.toString(), Selection.of(List.of())),
                new Rules(Direction.PULL, Deletion.KEPT, Take.NEITHER),
                Progress.NONE);
    assertThat(report.conflicts()).isEmpty();
    assertThat(report.refused()).isEmpty();
    assertThat(tree(back)).isEqualTo(tree(here));
  }

  @Test
  void onlyWhatChangedGoesAndComes() throws Exception {
    write(here, "a", "1");
    write(here, "b", "2");
    write(here, "c/d", "3");
    run(Direction.BOTH);
    write(here, "a", "1 changed here");
    write(there, "c/d", "3 changed there");
    write(there, "c/new", "4");
    Files.delete(there.resolve("b"));

    TransferReport report = run(Direction.BOTH);

    assertThat(report.sent()).containsExactly("a");
    assertThat(report.fetched()).containsExactly("c/d", "c/new");
    assertThat(report.removedHere()).containsExactly("b");
    assertThat(tree(there)).isEqualTo(tree(here));
    assertThat(here.resolve("c/d")).hasContent("3 changed there");
  }

  @Test
  void whatBothChangedStaysOnBothAndIsNamed() throws Exception {
    write(here, "a", "1");
    write(here, "b", "1");
    run(Direction.PUSH);
    write(here, "a", "here");
    write(there, "a", "there");
    write(here, "b", "same");
    write(there, "b", "same");

    TransferReport report = run(Direction.BOTH);

    assertThat(report.conflicts())
        .containsExactly(new TransferReport.Difference("a", "changed on both sides"));
    assertThat(here.resolve("a")).hasContent("here");
    assertThat(there.resolve("a")).hasContent("there");

    run(new Rules(Direction.BOTH, Deletion.FOLLOWED, Take.THERE));
    assertThat(here.resolve("a")).hasContent("there");
  }

  @Test
  void aFileOfTheHostThatWasNeverExchangedIsNotOverwritten() throws Exception {
    write(here, "a", "here");
    write(there, "a", "there");

    assertThat(run(Direction.PUSH).conflicts())
        .containsExactly(new TransferReport.Difference("a", "differs on the two sides"));
    assertThat(there.resolve("a")).hasContent("there");
    assertThat(run(new Rules(Direction.PUSH, Deletion.KEPT, Take.HERE)).sent())
        .containsExactly("a");
    assertThat(there.resolve("a")).hasContent("here");
  }

  @Test
  void aDirectoryBecomesAFileAndAFileADirectory() throws Exception {
    write(here, "was-dir/x", "1");
    write(here, "was-file", "2");
    run(Direction.PUSH);
    Files.delete(here.resolve("was-dir/x"));
    Files.delete(here.resolve("was-dir"));
    write(here, "was-dir", "file now");
    Files.delete(here.resolve("was-file"));
    write(here, "was-file/y/z", "dir now");

    assertThat(run(Direction.PUSH).isComplete()).isTrue();
    assertThat(tree(there)).isEqualTo(tree(here));

    Files.delete(there.resolve("was-dir"));
    write(there, "was-dir/again", "3");
    assertThat(run(Direction.PULL).isComplete()).isTrue();
    assertThat(tree(there)).isEqualTo(tree(here));
  }

  @Test
  void aLargeFileWithHolesArrivesWithHoles() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(here.resolve("big").toFile(), "rw")) {
      file.setLength(HOLES_BYTES);
      file.seek(20 << 20);
      file.write("in the middle".getBytes(StandardCharsets.UTF_8));
      file.seek(HOLES_BYTES - 9);
      file.write(new byte[] {1, 2, 3});
    }

    assertThat(run(Direction.PUSH).isComplete()).isTrue();

    assertThat(Files.size(there.resolve("big"))).isEqualTo(HOLES_BYTES);
    assertThat(Files.mismatch(here.resolve("big"), there.resolve("big"))).isEqualTo(-1);
    assertThat(blocks(there.resolve("big"))).isLessThan(30_000);
  }

  private static long blocks(Path file) throws Exception {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(stat.inputReader().readLine());
  }

  @Test
  void aFileLargerThanTheStreamTakesComesBackToo() throws Exception {
    byte[] content = new byte[20 << 20];
    new java.util.Random(7).nextBytes(content);
    Files.createDirectories(there);
    Files.write(there.resolve("big"), content);

    assertThat(run(Direction.PULL).fetched()).containsExactly("big");
    assertThat(Files.mismatch(here.resolve("big"), there.resolve("big"))).isEqualTo(-1);
    assertThat(names(here)).containsExactly("big");
  }

  private static Set<String> names(Path root) throws IOException {
    return tree(root).keySet();
  }

  @Test
  void whatGitIgnoresTakesNoPart() throws Exception {
    assertThat(new ProcessBuilder("git", "init", "-q", here.toString()).start().waitFor()).isZero();
    write(here, ".gitignore", "out/\n*.o\n");
    write(here, "a.c", "int a;");
    write(here, "a.o", "object");
    write(here, "out/app", "binary");

    assertThat(run(Direction.BOTH).sent()).containsExactly(".gitignore", "a.c");
    write(there, "out/app", "built there");
    write(there, "b.o", "object");
    write(there, "b.c", "int b;");
    assertThat(run(Direction.BOTH).fetched()).containsExactly("b.c");
    assertThat(Files.exists(there.resolve(".git"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void onlyTheNamedTakePart() throws Exception {
    write(here, "a/x", "1");
    write(here, "b", "2");
    Exchange.Trees some =
        new Exchange.Trees(
            here,
            there.toString(),
            Selection.of(List.of("*.log")).only(Set.of(TreePath.ofText("a"))));
    write(here, "a/y.log", "3");

    TransferReport report =
        exchange().run(some, new Rules(Direction.PUSH, Deletion.KEPT, Take.NEITHER), Progress.NONE);

    assertThat(report.sent()).containsExactly("a", "a/x");
    assertThat(names(there)).containsExactly("a", "a/x");
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsNamed() throws Exception {
    write(here, "a", "1");
    Files.createDirectories(there.getParent());
    Files.writeString(there, "a file");

    assertThatThrownBy(() -> run(Direction.PUSH))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("is no directory");
  }

  @Test
  void aSideOnWhichAllIsGoneHasRemovedNothing() throws Exception {
    write(here, "a", "1");
    write(here, "d/b", "2");
    run(Direction.BOTH);
    delete(there);

    assertThat(run(Direction.PULL).removedHere()).isEmpty();
    assertThat(here.resolve("a")).hasContent("1");
    assertThat(run(Direction.PUSH).sent()).containsExactly("a", "d", "d/b");
    assertThat(tree(there)).isEqualTo(tree(here));
  }

  private static void delete(Path root) throws Exception {
    assertThat(new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor()).isZero();
  }

  @Test
  void whatTheHostChangedIsToldAndSentWhereThePersonSaysSo() throws Exception {
    write(here, "a", "1");
    write(here, "b", "2");
    run(Direction.PUSH);
    write(there, "a", "changed there");
    Files.delete(there.resolve("b"));

    assertThat(run(Direction.PUSH).left())
        .containsExactly(
            new TransferReport.Left("a", TransferReport.Held.BOTH),
            new TransferReport.Left("b", TransferReport.Held.HERE));
    assertThat(run(new Rules(Direction.PUSH, Deletion.KEPT, Take.HERE)).sent())
        .containsExactly("a", "b");
    assertThat(tree(there)).isEqualTo(tree(here));
  }

  @Test
  void aDirectoryThatBecameALinkMeanwhileIsNotWrittenThrough() throws Exception {
    write(here, "d/a", "1");
    run(Direction.PUSH);
    write(here, "d/b", "2");
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Progress swap =
        new Progress() {
          @Override
          public void begin(int files, long bytes) {
            try {
              Files.move(there.resolve("d"), there.resolve("moved"));
              Files.createSymbolicLink(there.resolve("d"), elsewhere);
            } catch (IOException e) {
              // Only the first attempt finds a directory.
            }
          }
        };

    exchange().run(trees(), new Rules(Direction.PUSH, Deletion.KEPT, Take.NEITHER), swap);

    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void theReportNamesWhatEachAttemptMoved() throws Exception {
    write(here, "a", "1");
    write(here, "b", "1");
    run(Direction.PUSH);
    write(here, "a", "changed here");
    write(there, "b", "changed there");
    Progress edit =
        new Progress() {
          @Override
          public void begin(int files, long bytes) {
            try {
              if (Files.readString(there.resolve("a")).equals("1")) {
                write(there, "a", "changed there meanwhile");
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };

    TransferReport report =
        exchange().run(trees(), new Rules(Direction.BOTH, Deletion.FOLLOWED, Take.NEITHER), edit);

    assertThat(report.sent()).isEmpty();
    assertThat(report.fetched()).containsExactly("b");
    assertThat(report.same()).isZero();
    assertThat(report.conflicts())
        .containsExactly(new TransferReport.Difference("a", "changed on both sides"));
  }

  @Test
  void patternsMeanTheSameOnBothSides() throws Exception {
    write(here, "keep.txt", "1");
    write(here, "x.log", "2");
    write(here, "deep/y.log", "3");
    write(here, "out/a/b", "4");
    Exchange.Trees some =
        new Exchange.Trees(here, there.toString(), Selection.of(List.of("*.l[o-p]g", "./out/?")));

    TransferReport report =
        exchange()
            .run(some, new Rules(Direction.BOTH, Deletion.FOLLOWED, Take.NEITHER), Progress.NONE);

    assertThat(report.sent()).containsExactly("deep", "keep.txt", "out");
    assertThatThrownBy(() -> Selection.of(List.of("[z-a]"))).isInstanceOf(TransferException.class);
    assertThatThrownBy(() -> Selection.of(List.of("[[:alpha:]]*")))
        .isInstanceOf(TransferException.class);
  }
}
