package initrunner.ssh.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// In a thread of its own, because nothing interrupts the opening of a pipe.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class PrivateDirectoryTest {

  private static final String NAME = "initrunner-ssh-0123456789abcdef";

  @TempDir Path parent;

  /// What a killed process leaves.
  private Path left() throws Exception {
    Path left = half(parent.resolve(NAME));
    Path lock = left.resolve("lock");
    Files.createFile(
        lock, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(lock, NAME + " " + Files.getAttribute(left, "unix:ino") + "\n");
    Files.createFile(left.resolve("ab12.log"));
    socket(left.resolve("ctl.sock"));
    return left;
  }

  private static void socket(Path path) throws IOException {
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path))
        .close();
  }

  private static Path half(Path path) throws IOException {
    return Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @SuppressWarnings("AnnotateFormatMethod") // a case of the table brings a part of the script
  private static void sh(String script, Object... arguments) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", script.formatted(arguments)).start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static void age(Path directory) throws IOException {
    Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
  }

  private List<Path> swept() throws IOException {
    try (PrivateDirectory own = PrivateDirectory.createIn(parent)) {
      List<PrivateDirectory> abandoned = own.abandoned();
      List<Path> paths = abandoned.stream().map(PrivateDirectory::path).toList();
      abandoned.forEach(PrivateDirectory::close);
      assertThat(own.path()).exists();
      return paths;
    }
  }

  @Test
  void itIsForNoOtherAccount() throws Exception {
    try (PrivateDirectory own = PrivateDirectory.createIn(parent)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void oneThatADeadProcessLeftIsFoundAndRemovedWhenItIsClosed() throws Exception {
    Path left = left();
    assertThat(swept()).containsExactly(left);
    assertThat(left).doesNotExist();
  }

  /// Of a process that ran this very code.
  @Test
  void oneThatThisCodeMadeIsFoundOnceItsProcessIsDead() throws Exception {
    Path made;
    try (PrivateDirectory other = PrivateDirectory.createIn(parent)) {
      made = other.path();
      assertThat(swept()).isEmpty();
      sh("cp -a '%s' '%s.kept'", made, made);
    }
    // A copy, and a directory of another name, are not what the file in them says.
    sh("mv '%s.kept' '%s'", made, made);
    assertThat(swept()).isEmpty();
    Files.writeString(
        made.resolve("lock"),
        made.getFileName() + " " + Files.getAttribute(made, "unix:ino") + "\n");
    assertThat(swept()).containsExactly(made);
  }

  @Test
  void whatIsNotOursStaysAsItIs() throws Exception {
    Map<String, String> others = new LinkedHashMap<>();
    others.put("has another name", "mv $d ${d}0");
    others.put("has the name of another", "mv $d ${d%%f}e");
    others.put("was copied", "cp -a $d $d.copy; rm -r $d; mv $d.copy $d");
    others.put("can be read by others", "chmod 755 $d");
    others.put("has a lock that others can write", "chmod 666 $d/lock");
    others.put("has an empty lock", ": >$d/lock");
    others.put("has a lock with more in it", "echo more >>$d/lock");
    others.put("has a lock of another", "echo initrunner-ssh-0 1 >$d/lock");
    others.put("has a linked lock", "mv $d/lock $d/x.log; ln -s x.log $d/lock");
    others.put("has a pipe as its lock", "rm $d/lock; mkfifo -m 600 $d/lock");
    others.put("holds a file of ours not", "echo thesis >$d/thesis.txt");
    others.put("holds a directory", "mkdir $d/ctl.sock.d");
    others.put("holds a directory of a usual name", "rm $d/ctl.sock; mkdir $d/ctl.sock");
    others.put("holds a link", "ln -s ../kept $d/0.log");
    others.put("is a link", "mv $d $d.real; ln -s $d.real $d");
    others.put("has no lock and is not empty", "rm $d/lock; touch -d '1 hour ago' $d");
    others.put("belongs to another", "chown 12345 $d");
    others.put("holds a file of another", "chown 12345 $d/ab12.log");
    for (Map.Entry<String, String> other : others.entrySet()) {
      Files.writeString(parent.resolve("kept"), "kept");
      Path left = left();
      sh("d='%s'; " + other.getValue(), left);
      Map<String, Object> before = tree();
      assertThat(swept()).as(other.getKey()).isEmpty();
      assertThat(tree()).as(other.getKey()).isEqualTo(before);
      sh("rm -r '%s'/*", parent);
    }
  }

  private Map<String, Object> tree() throws IOException {
    Map<String, Object> tree = new LinkedHashMap<>();
    try (var files = Files.walk(parent)) {
      for (Path file : files.sorted().skip(1).toList()) {
        tree.put(
            parent.relativize(file).toString(),
            Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS));
      }
    }
    return tree;
  }

  @Test
  void oneInUseStays() throws Exception {
    try (PrivateDirectory other = PrivateDirectory.createIn(parent)) {
      assertThat(swept()).isEmpty();
      assertThat(other.path().resolve("lock")).exists();
    }
  }

  @Test
  void oneWithoutALockIsRemovedOnceItIsTooOldToBeInTheMaking() throws Exception {
    Path young = half(parent.resolve("initrunner-ssh-0000000000000001"));
    Path old = half(parent.resolve("initrunner-ssh-0000000000000002"));
    Path unlocked = half(parent.resolve("initrunner-ssh-0000000000000003"));
    Path others = half(parent.resolve("initrunner-ssh-mine"));
    Files.createFile(unlocked.resolve("lock.new"));
    for (Path each : List.of(old, unlocked, others)) {
      age(each);
    }
    assertThat(swept()).isEmpty();
    assertThat(young).exists();
    assertThat(others).exists();
    assertThat(old).doesNotExist();
    assertThat(unlocked).doesNotExist();
  }

  @Test
  void itIsInTheOtherDirectoryWhereTheUsualOneCannotBeWrittenTo() throws Exception {
    Path absent = Path.of("/no/such");
    Path shortOne = Files.createTempDirectory(Path.of("/tmp"), "t");
    try (PrivateDirectory own =
        PrivateDirectory.createIn(absent, Optional.of(shortOne.toString()))) {
      assertThat(own.path()).hasParent(shortOne);
    }
    try (PrivateDirectory own = PrivateDirectory.createIn(parent, Optional.of(shortOne + ""))) {
      assertThat(own.path()).hasParent(parent);
    }
    Files.delete(shortOne);
    Path deep = Files.createDirectory(parent.resolve("x".repeat(50)));
    for (String unusable : List.of(deep.toString(), "relative", "", "/no/other")) {
      assertThatThrownBy(() -> PrivateDirectory.createIn(absent, Optional.of(unusable)).close())
          .as(unusable)
          .isInstanceOfAny(NoSuchFileException.class, AccessDeniedException.class);
    }
  }
}
