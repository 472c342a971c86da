package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.text.Sha256;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.host.HostLook;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.tar.TarMember;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.Stamp;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A host that lies about what it has and sends what was not asked for: nothing outside of the tree
/// is written, and each lie is named.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HostileHostTest {

  private static final String OF_A = Sha256.hex("evil".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path directory;

  private static void program(Path directory, String name, String script) throws IOException {
    Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(
        directory.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// What `find` and `tar` print on a host whose programs lie.
  private TransferReport pull(String listing, byte[] archive) throws Exception {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    Files.write(directory.resolve("listing"), listing.getBytes(StandardCharsets.ISO_8859_1));
    Files.write(directory.resolve("archive"), archive);
    program(
        programs,
        "find",
        "case $* in '. -prune -printf x') printf x ;; *) cat %s ;; esac"
            .formatted(directory.resolve("listing")));
    program(programs, "tar", "cat " + directory.resolve("archive"));
    program(
        programs,
        "sha256sum",
        "[ $# -gt 0 ] || exec /usr/bin/sha256sum; for each; do echo " + OF_A + "; done");
    SshdExtension sshd = new SshdExtension().withEnvironment("PATH=" + programs + ":/usr/bin:/bin");
    sshd.prepareAndStart();
    Path here = Files.createDirectories(directory.resolve("root/here"));
    Files.writeString(directory.resolve("root/beside"), "beside");
    Files.createDirectories(directory.resolve("there"));
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      return new Exchange(transport, "liar", Optional.empty(), directory.resolve("states"))
          .run(
              new Exchange.Trees(
                  here, directory.resolve("there").toString(), Selection.of(List.of())),
              new Rules(Direction.PULL, Deletion.FOLLOWED, Take.NEITHER),
              Progress.NONE);
    } finally {
      sshd.stopAndDelete();
      assertThat(directory.resolve("root/beside")).hasContent("beside");
      try (var files = Files.list(directory.resolve("root"))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("here", "beside");
      }
    }
  }

  private static String listed(String type, String mode, String name, String target) {
    return "%s %s 4 1700000000.0000000000 1700000000.0000000000 7 %s\0%s\0"
        .formatted(type, mode, name, target);
  }

  private static byte[] archive(String name, Kind kind, String target, String content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    all.writeBytes(new TarMember(name, kind, 0644, bytes.length, 0, target).header());
    all.writeBytes(bytes);
    all.writeBytes(new byte[(int) TarMember.padded(bytes.length) - bytes.length]);
    all.writeBytes(new byte[1024]);
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"./../evil", "/etc/evil", "./a/../../evil", "./a/./b", "./", "./..", "./a//b"})
  void aNameThatLeadsOutIsRefused(String name) {
    assertThatThrownBy(() -> pull(listed("f", "644", name, ""), new byte[0]))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("no name below the root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../etc/passwd", "/etc/passwd", "x/../../y", "..", "a/.."})
  void aLinkThatLeadsOutIsNamedAndNotMade(String target) throws Exception {
    TransferReport report =
        pull(listed("d", "755", "./d", "") + listed("l", "777", "./link", target), new byte[0]);

    assertThat(report.refused()).containsExactly("link: a link that leads out of the tree");
    assertThat(Files.exists(directory.resolve("root/here/link"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
    assertThat(directory.resolve("root/here/d")).isDirectory();
  }

  @Test
  void aFileBelowALinkIsNotWrittenThroughIt() {
    assertThatThrownBy(() ->
            pull(
                listed("l", "777", "./d", ".") + listed("f", "644", "./d/beside", ""),
                archive("d/beside", Kind.FILE, "", "evil")))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("cannot be listed");
    assertThat(directory.resolve("root/here/beside")).doesNotExist();
  }

  /// A link that an attempt left could lead the files of the next one out of the tree.
  @Test
  void noLinkOfAnAttemptBeforeIsFollowed() throws Exception {
    Path here = Files.createDirectories(directory.resolve("root/here"));
    Path outside = Files.createDirectories(directory.resolve("outside"));
    pull(listed("d", "755", "./d", ""), new byte[0]);
    Path staging;
    try (var states = Files.list(directory.resolve("states"))) {
      String key =
          states
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.contains("."))
              .findFirst()
              .orElseThrow();
      staging = here.resolve(".initrunner-pull-" + key.substring(0, 8));
    }
    Path tree = Files.createDirectories(staging.resolve("tree/n"));
    Files.createSymbolicLink(tree.resolve("a"), outside.resolve("victim"));
    Files.createSymbolicLink(staging.resolve("tree/m"), outside);

    TransferReport report =
        pull(
            listed("d", "755", "./d", "")
                + listed("d", "755", "./n", "")
                + listed("f", "644", "./n/a", "")
                + listed("d", "755", "./m", ""),
            archive("n/a", Kind.FILE, "", "evil"));

    assertThat(report.fetched()).contains("n/a");
    assertThat(here.resolve("n/a")).isRegularFile();
    assertThat(outside).isEmptyDirectory();
    Files.delete(outside);
  }

  /// A host that lists names below a link could have them written where the link leads.
  @Test
  void nothingIsListedBelowALink() throws Exception {
    Path here = Files.createDirectories(directory.resolve("root/here"));
    Path outside = Files.createDirectories(directory.resolve("outside"));
    String listing =
        listed("d", "755", "./d", "")
            + listed("d", "755", "./d/a", "")
            + listed("l", "777", "./d/a/l", "..")
            + listed("d", "755", "./d/a/l/e", "")
            + listed("l", "777", "./d/a/l/e/k", "../../../../outside")
            + listed("d", "755", "./e", "")
            + listed("d", "755", "./e/k", "")
            + listed("f", "644", "./e/k/victim", "");

    assertThatThrownBy(() -> pull(listing, archive("e/k/victim", Kind.FILE, "", "evil")))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("cannot be listed");
    assertThat(outside).isEmptyDirectory();
    assertThat(here.resolve("e")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"./other", "../beside", "/etc/evil", "./a/b"})
  void whatWasNotAskedForIsRefused(String name) {
    assertThatThrownBy(
            () -> pull(listed("f", "644", "./a", ""), archive(name, Kind.FILE, "", "evil")))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("not asked for");
  }

  @Test
  void aLinkInPlaceOfAFileIsNotTaken() throws Exception {
    TransferReport report =
        pull(listed("f", "644", "./a", ""), archive("a", Kind.LINK, "/etc/passwd", ""));

    assertThat(report.fetched()).isEmpty();
    assertThat(Files.exists(directory.resolve("root/here/a"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void devicesAndSetIdBitsAreNotTaken() throws Exception {
    TransferReport report =
        pull(
            listed("c", "666", "./device", "")
                + listed("p", "666", "./pipe", "")
                + listed("f", "6755", "./a", ""),
            archive("a", Kind.FILE, "", "evil"));

    assertThat(report.fetched()).containsExactly("a");
    assertThat(Files.getAttribute(directory.resolve("root/here/a"), "unix:mode"))
        .isEqualTo(0100755);
  }

  @Test
  void aRepositorysOwnFilesAreNotTaken() throws Exception {
    TransferReport report =
        pull(
            listed("d", "755", "./sub", "")
                + listed("d", "755", "./sub/.GIT", "")
                + listed("f", "755", "./sub/.GIT/config", ""),
            archive("sub/.GIT/config", Kind.FILE, "", "evil"));

    assertThat(report.refused()).hasSize(2).allMatch(line -> line.contains("repository"));
    assertThat(directory.resolve("root/here/sub")).isEmptyDirectory();
  }

  @Test
  void contentThatIsNotWhatTheHostDigestsIsNotTaken() throws Exception {
    TransferReport report =
        pull(listed("f", "644", "./a", ""), archive("a", Kind.FILE, "", "good"));

    assertThat(report.fetched()).isEmpty();
    assertThat(Files.exists(directory.resolve("root/here/a"))).isFalse();
  }

  /// Bytes of a host, changed at random: each reading ends, by itself or with a reason.
  @Test
  void noListAndNoArchiveBreaksTheirReaders() throws Exception {
    Random random = new Random(19);
    byte[] list =
        ("there\0"
                + listed("f", "644", "./a", "")
                + listed("l", "777", "./l", "a")
                + "end 0\0001700000000000000000\0sha256sum\0sha256sum\0gnu\0 tar tee\0")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] archive = archive("a".repeat(150), Kind.FILE, "", "evil");
    HostTools tools = new HostTools("sha256sum", "sha256sum", "gnu", Set.of("tar"));
    Map<TreePath, Seen> wanted = new TreeMap<>();
    wanted.put(new TreePath("a".repeat(150)), new Seen(Kind.FILE, 0644, new Stamp(4, 0, 0, 0), ""));
    for (int i = 0; i < 20_000; i++) {
      try {
        var _ = HostLook.of(changed(list, random), Duration.ZERO);
      } catch (HostLook.UnreadableException | TransferException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
      try (Arrivals arrivals =
          new Arrivals(
              Files.createDirectories(directory.resolve("staging")),
              wanted,
              new NewDirectories(List.of(), new TreeMap<>(), directory),
              tools,
              Progress.NONE)) {
        new TarSink(arrivals).stdout(ByteBuffer.wrap(changed(archive, random)));
      } catch (TransferException | UncheckedIOException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("staging");
    }
  }

  private static byte[] changed(byte[] bytes, Random random) {
    byte[] all = bytes.clone();
    for (int change = random.nextInt(4); change >= 0; change--) {
      all[random.nextInt(all.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(3) == 0 ? java.util.Arrays.copyOf(all, random.nextInt(all.length)) : all;
  }
}
