package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// In a thread of its own, because nothing interrupts the opening of a pipe.
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class PrivateDirectoryTest {

  @TempDir Path parent;

  private Path left(String name) throws IOException {
    return Files.createDirectory(parent.resolve("initrunner-ssh-" + name));
  }

  private static void age(Path directory) throws IOException {
    Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
  }

  @Test
  void oneThatADeadProcessLeftIsFoundAndRemovedWhenItIsClosed() throws Exception {
    Path left = left("1");
    Files.createFile(left.resolve("lock"));
    try (PrivateDirectory own = PrivateDirectory.createIn(parent)) {
      assertThat(own.abandoned()).singleElement().satisfies(PrivateDirectory::close);
      assertThat(left).doesNotExist();
      assertThat(own.path()).exists();
    }
  }

  @Test
  void oneInUseStays() throws Exception {
    try (PrivateDirectory own = PrivateDirectory.createIn(parent);
        PrivateDirectory other = PrivateDirectory.createIn(parent)) {
      assertThat(own.abandoned()).isEmpty();
      assertThat(other.exists()).isTrue();
    }
  }

  @Test
  void oneWithoutALockIsRemovedOnceItIsTooOldToBeInTheMaking() throws Exception {
    Path young = left("1");
    Path old = left("2");
    age(old);
    try (PrivateDirectory own = PrivateDirectory.createIn(parent)) {
      assertThat(own.abandoned()).isEmpty();
    }
    assertThat(young).exists();
    assertThat(old).doesNotExist();
  }

  @Test
  void aPipeUnderTheNameOfTheLockIsNotOpened() throws Exception {
    Path left = left("1");
    assertThat(new ProcessBuilder("mkfifo", left.resolve("lock").toString()).start().waitFor())
        .isZero();
    age(left);
    try (PrivateDirectory own = PrivateDirectory.createIn(parent)) {
      assertThat(own.abandoned()).isEmpty();
    }
    assertThat(left).doesNotExist();
  }
}
