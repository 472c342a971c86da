package initrunner.transfer.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.transfer.tree.TransferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HostTreeTest {

  @TempDir private Path directory;

  @Test
  void aHostThatStaysSilentEndsTheTransfer() throws Exception {
    Path find = directory.resolve("find");
    Files.writeString(find, "#!/bin/sh\nexec sleep 600\n");
    Files.setPosixFilePermissions(find, PosixFilePermissions.fromString("rwxr-xr-x"));
    SshdExtension sshd =
        new SshdExtension().withEnvironment("PATH=" + directory + ":/usr/bin:/bin");
    sshd.prepareAndStart();
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      transport.open();
      HostTree host =
          new HostTree(transport, Optional.empty(), directory.toString(), Duration.ofMillis(500));

      assertThatThrownBy(() -> host.look(List.of(), List.of()))
          .isInstanceOf(TransferException.class)
          .hasMessageContaining("silent");
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    } finally {
      sshd.stopAndDelete();
    }
  }
}
