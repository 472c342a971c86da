package initrunner.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A host whose `tar` says that it runs, and stays.
final class StuckHost {

  private StuckHost() {}

  static SshdExtension make() {
    try {
      Path programs = Files.createTempDirectory(Path.of("/tmp"), "irt-stuck-");
      Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path tar =
          Files.writeString(
              programs.resolve("tar"), "#!/bin/sh\necho runs >$HOME/started\nexec sleep 1000\n");
      Files.setPosixFilePermissions(tar, PosixFilePermissions.fromString("rwxr-xr-x"));
      return new SshdExtension()
          .withEnvironment("PATH=" + programs + ":/usr/local/bin:/usr/bin:/bin");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A pipe from which one reads that `tar` runs.
  static Path started(SshdExtension sshd) throws IOException, InterruptedException {
    Path started = sshd.home().resolve("started");
    Files.deleteIfExists(started);
    assertThat(new ProcessBuilder("mkfifo", started.toString()).start().waitFor()).isZero();
    return started;
  }
}
