package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.FreePort;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.ssh.client.SshTarget;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files there and back, on hosts with other programs, accounts and file systems.
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ExchangeHostsTest {

  private static final String ACCOUNT = "initrunner-files";

  @TempDir private Path directory;

  /// Programs that a host has.
  private enum Programs {
    BUSYBOX(List.of()),
    BUSYBOX_WITHOUT_TAR(List.of("tar")),
    BUSYBOX_WITHOUT_SHA256(List.of("sha256sum", "openssl", "shasum"));

    private final List<String> missing;

    Programs(List<String> missing) {
      this.missing = missing;
    }

    /// A directory that holds only BusyBox under its names.
    Path in(Path directory) throws Exception {
      Path programs = Files.createDirectories(directory.resolve("programs"));
      Process list = new ProcessBuilder("busybox", "--list").start();
      Path busybox = Path.of("/bin/busybox");
      for (String name : list.inputReader().lines().toList()) {
        if (!missing.contains(name)) {
          Files.createSymbolicLink(programs.resolve(name), busybox);
        }
      }
      return programs;
    }
  }

  private Path fill() throws IOException {
    Path here = Files.createDirectories(directory.resolve("here"));
    Files.createDirectories(here.resolve("d/e"));
    Files.writeString(here.resolve("a"), "one");
    Files.writeString(here.resolve("d/e/run.sh"), "echo two");
    Files.setPosixFilePermissions(
        here.resolve("d/e/run.sh"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.createSymbolicLink(here.resolve("d/link"), Path.of("../a"));
    Files.writeString(new TreePath("odd \n\\'\u00e9").in(here), "three");
    Files.writeString(here.resolve("empty"), "");
    Files.createDirectories(here.resolve("nothing"));
    return here;
  }

  private TransferReport run(OpenSshTransport transport, Path local, String remote, Rules rules) {
    return new Exchange(transport, "host", Optional.empty(), directory.resolve("states"))
        .run(new Exchange.Trees(local, remote, Selection.of(List.of())), rules, Progress.NONE);
  }

  private static Rules rules(Direction direction) {
    return new Rules(direction, Deletion.FOLLOWED, Take.NEITHER);
  }

  private void thereAndBack(SshdExtension sshd, String remote, Path there) throws Exception {
    thereAndBack(sshd.target(), remote, there);
  }

  private void thereAndBack(SshTarget target, String remote, Path there) throws Exception {
    Path here = fill();
    try (OpenSshTransport transport = new OpenSshTransport(target)) {
      assertThat(run(transport, here, remote, rules(Direction.PUSH)).isComplete()).isTrue();
      Map<String, String> tree = Trees.of(here);
      assertThat(Trees.of(there)).isEqualTo(tree);
      TransferReport again = run(transport, here, remote, rules(Direction.BOTH));
      assertThat(again.sent()).isEmpty();
      assertThat(again.fetched()).isEmpty();
      assertThat(again.conflicts()).isEmpty();
      Files.writeString(there.resolve("d/e/run.sh"), "echo changed");
      Files.writeString(there.resolve("new"), "new there");
      Files.writeString(here.resolve("a"), "changed here");
      Files.delete(here.resolve("empty"));
      TransferReport both = run(transport, here, remote, rules(Direction.BOTH));
      assertThat(both.fetched()).containsExactly("d/e/run.sh", "new");
      assertThat(both.sent()).containsExactly("a");
      assertThat(both.removedThere()).containsExactly("empty");
      assertThat(Trees.of(there)).isEqualTo(Trees.of(here));
      Path back = directory.resolve("back");
      assertThat(run(transport, back, remote, rules(Direction.PULL)).isComplete()).isTrue();
      assertThat(Trees.of(back)).isEqualTo(Trees.of(here));
    }
    try (Stream<Path> left = Files.list(there)) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith(Selection.OWN)))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereThereIsBusyBoxOnly(Programs programs) throws Exception {
    SshdExtension sshd = new SshdExtension().withEnvironment("PATH=" + programs.in(directory));
    sshd.prepareAndStart();
    try {
      Path there = directory.resolve("there");
      thereAndBack(sshd, there.toString(), there);
    } finally {
      sshd.stopAndDelete();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/bin/bash",
        "/usr/bin/dash",
        "/usr/bin/zsh",
        "/usr/bin/ksh",
        "/usr/bin/fish",
        "/bin/tcsh",
        "/usr/bin/rc"
      })
  void whateverTheLoginShellIs(String shell) throws Exception {
    SshdExtension sshd =
        new SshdExtension().as(ACCOUNT + "-" + shell.substring(shell.lastIndexOf('/') + 1), shell);
    sshd.prepareAndStart();
    try {
      Path there = sshd.home().resolve("work/there");
      thereAndBack(sshd, "~/work/there", there);
    } finally {
      sshd.stopAndDelete();
    }
  }

  @Test
  void whereTheRcFilePrints() throws Exception {
    SshdExtension sshd = new SshdExtension().as(ACCOUNT + "-rc", "/bin/bash");
    sshd.prepareAndStart();
    try {
      Files.writeString(sshd.home().resolve(".bashrc"), "echo hello; echo end 0; echo there >&2\n");
      Path there = sshd.home().resolve("there");
      thereAndBack(sshd, "~/there", there);
    } finally {
      sshd.stopAndDelete();
    }
  }

  /// A server of another family, on a machine on which BusyBox is all there is.
  @Test
  void whereTheServerIsDropbear() throws Exception {
    SshdExtension account = new SshdExtension().as(ACCOUNT + "-db", "/bin/sh");
    account.prepareAndStart();
    int port = FreePort.find();
    Process dropbear = null;
    try {
      // Dropbear takes the home directory of the account, and no other.
      Path home = Path.of("/home", account.user());
      Path keys = Files.createDirectories(home.resolve(".ssh"));
      Files.copy(
          account.directory().resolve("authorized_keys"),
          keys.resolve("authorized_keys"),
          StandardCopyOption.REPLACE_EXISTING);
      shell("chown -R %s %s && chmod 700 %2$s".formatted(account.user(), keys));
      shell("dropbearkey -t ed25519 -f %s/key >/dev/null 2>&1".formatted(directory));
      dropbear =
          new ProcessBuilder(
                  "unshare",
                  "--mount",
                  "sh",
                  "-c",
                  "mount --bind %s /usr/bin && exec /usr/sbin/dropbear -F -E -s -p 127.0.0.1:%d -r %s/key -P %3$s/pid"
                      .formatted(onlyBusyBox(), port, directory))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("dropbear.log").toFile())
              .start();
      SshTarget target =
          account.targetVia(port, "StrictHostKeyChecking no", "UserKnownHostsFile /dev/null");
      Path there = home.resolve("there");
      shell("rm -rf " + there);
      thereAndBack(target, "~/there", there);
    } finally {
      if (dropbear != null) {
        dropbear.destroyForcibly().waitFor();
      }
      account.stopAndDelete();
    }
  }

  /// Programs that take the place of all others.
  private Path onlyBusyBox() throws Exception {
    Path programs = Files.createDirectories(directory.resolve("only"));
    Files.copy(Path.of("/bin/busybox"), programs.resolve("busybox"));
    Process list = new ProcessBuilder("busybox", "--list").start();
    for (String name : list.inputReader().lines().filter(it -> !it.equals("busybox")).toList()) {
      Files.createSymbolicLink(programs.resolve(name), Path.of("busybox"));
    }
    return programs;
  }

  private interface OnFileSystem {
    void run(OpenSshTransport transport, Path there) throws Exception;
  }

  private void onFileSystem(String options, OnFileSystem body) throws Exception {
    SshdExtension sshd = new SshdExtension();
    sshd.prepareAndStart();
    Path mounted = Files.createDirectories(directory.resolve("mounted"));
    shell("mount -t tmpfs -o " + options + " tmpfs " + mounted);
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      body.run(transport, mounted);
    } finally {
      shell("umount " + mounted);
      sshd.stopAndDelete();
    }
  }

  private static void shell(String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void aFullDiskLeavesTheOldFilesWhole() throws Exception {
    onFileSystem(
        "size=2m",
        (transport, there) -> {
          Path here = fill();
          assertThat(run(transport, here, there.toString(), rules(Direction.PUSH)).isComplete())
              .isTrue();
          Map<String, String> before = Trees.of(there);
          Files.writeString(here.resolve("a"), "a new version");
          Files.write(here.resolve("too-large"), new byte[] {1, 2, 3});
          Files.write(here.resolve("much"), noise(3 << 20));

          assertThatThrownBy(() -> run(transport, here, there.toString(), rules(Direction.PUSH)))
              .isInstanceOf(TransferException.class)
              .hasMessageContaining("No space left");
          assertThat(Trees.of(there)).isEqualTo(before);
        });
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new java.util.Random(5).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aReadOnlyFileSystemIsNamed() throws Exception {
    onFileSystem(
        "ro",
        (transport, there) ->
            assertThatThrownBy(
                    () -> run(transport, fill(), there.toString(), rules(Direction.PUSH)))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("Read-only"));
  }

  @Test
  void aFullDiskHereLeavesTheOldFilesWholeToo() throws Exception {
    onFileSystem(
        "size=2m",
        (transport, small) -> {
          Path there = Files.createDirectories(directory.resolve("there"));
          Files.write(there.resolve("much"), noise(3 << 20));
          Files.writeString(small.resolve("old"), "old");

          assertThatThrownBy(() -> run(transport, small, there.toString(), rules(Direction.PULL)))
              .isInstanceOf(TransferException.class)
              .hasMessageContaining("room");
          assertThat(small.resolve("old")).hasContent("old");
        });
  }

  @Test
  void anAccountWithoutRightsSaysWhatItMayNot() throws Exception {
    SshdExtension sshd = new SshdExtension().as(ACCOUNT + "-no", "/bin/bash");
    sshd.prepareAndStart();
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      Path there = Files.createDirectories(sshd.home().resolve("closed"));
      Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("r-xr-xr-x"));

      assertThatThrownBy(() -> run(transport, fill(), "~/closed", rules(Direction.PUSH)))
          .isInstanceOf(TransferException.class)
          .hasMessageContaining("Permission denied");
    } finally {
      sshd.stopAndDelete();
    }
  }
}
