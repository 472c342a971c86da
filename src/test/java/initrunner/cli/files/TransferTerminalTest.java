package initrunner.cli.files;

import static initrunner.cli.files.TransferHome.write;
import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// `push` on a real pseudo-terminal, in a process of its own, to a host that takes no end.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransferTerminalTest {

  /// Gives its arguments a terminal, and types its standard input there.
  private static final String PTY =
      "import os, pty, sys\n"
          + "sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c',"
          + " 'stty cols 40 rows 20; exec \"$@\"', 'sh'] + sys.argv[1:])))\n";

  @RegisterExtension static final SshdExtension STUCK = StuckHost.make();

  @TempDir private Path directory;
  private final StringBuilder shown = new StringBuilder();

  @Test
  void oneLineShowsHowFarItIsAndIsGoneAtTheEnd() throws Exception {
    TransferHome home = TransferHome.in(directory, STUCK);
    write(home.here, "a", "new");
    ProcessBuilder builder = new ProcessBuilder("python3", "-c", PTY).redirectErrorStream(true);
    builder
        .command()
        .addAll(
            ChildJvm.initrunner(
                List.of("-Dinitrunner.terminal=true", "-Dinitrunner.terminal.stderr=true"),
                "push",
                home.role.toString(),
                home.here.resolve("a").toString()));
    builder.environment().putAll(home.environment());
    builder.environment().put("TERM", "xterm");
    Path started = StuckHost.started(STUCK);
    Process push = builder.start();

    assertThat(Files.readString(started)).isEqualTo("runs\n");
    await(push, "100%  3 of 3 bytes  checking");
    push.getOutputStream().write(3);
    push.getOutputStream().flush();
    shown.append(new String(push.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));

    assertThat(push.waitFor()).isEqualTo(130);
    assertThat(shown)
        .contains("\r\u001b[Kinitrunner: stopped; each file is whole, as before or as after.");
  }

  private void await(Process process, String text) throws IOException {
    InputStream out = process.getInputStream();
    byte[] chunk = new byte[4096];
    while (shown.indexOf(text) < 0) {
      int length = out.read(chunk);
      assertThat(length).as("waiting for '%s' after:%n%s", text, shown).isPositive();
      shown.append(new String(chunk, 0, length, StandardCharsets.ISO_8859_1));
    }
  }
}
