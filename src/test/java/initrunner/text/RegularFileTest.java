package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegularFileTest {

  @TempDir private Path directory;

  @Test
  void aRegularFileIsReadUpToOneByteMoreThanItMayHave() throws IOException {
    Path file = Files.write(directory.resolve("f"), new byte[100]);
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertThat(RegularFile.bytes(file, 100)).hasSize(100);
    assertThat(RegularFile.bytes(link, 60)).hasSize(61);
  }

  @Test
  void nothingElseIsOpened() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path socket = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      for (Path file : new Path[] {pipe, socket, Path.of("/dev/zero"), directory}) {
        assertThatThrownBy(() -> RegularFile.bytes(file, 10))
            .as(file.toString())
            .isInstanceOf(RegularFile.NotRegularException.class)
            .hasMessageStartingWith(file + ": is ");
      }
    }
    assertThatThrownBy(() -> RegularFile.bytes(directory.resolve("none"), 10))
        .isInstanceOf(NoSuchFileException.class);
  }
}
