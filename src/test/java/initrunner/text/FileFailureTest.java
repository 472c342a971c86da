package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileFailureTest {

  private static final String OTHERWISE = "Make it writable.";

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new AccessDeniedException("/a"), "/a: permission denied", OTHERWISE),
        Arguments.of(new NoSuchFileException("/a"), "/a: no such file or directory", OTHERWISE),
        Arguments.of(new NotDirectoryException("/a"), "/a: not a directory", OTHERWISE),
        Arguments.of(new FileAlreadyExistsException("/a"), "/a: it exists already", OTHERWISE),
        Arguments.of(new IOException("Broken pipe"), "Broken pipe", OTHERWISE),
        Arguments.of(new IOException(), "input or output failed", OTHERWISE),
        Arguments.of(
            new IOException("No space left on device"),
            "No space left on device",
            "Free some space"),
        Arguments.of(
            new FileSystemException("/a", null, "No space left on device"),
            "/a: No space left on device",
            "Free some space"),
        Arguments.of(
            new FileSystemException("/a", null, "Disk quota exceeded"),
            "/a: Disk quota exceeded",
            "quota"),
        Arguments.of(
            new FileSystemException("/a", null, "Read-only file system"),
            "/a: Read-only file system",
            "mounted read-only"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureIsToldWithoutAClassNameAndWithTheStepThatHelps(
      IOException failure, String reason, String remedy) {
    assertThat(FileFailure.reason(failure)).isEqualTo(reason);
    assertThat(FileFailure.remedy(failure, OTHERWISE)).contains(remedy);
  }
}
