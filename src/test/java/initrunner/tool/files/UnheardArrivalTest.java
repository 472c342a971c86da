package initrunner.tool.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.tool.CallBounds;
import initrunner.tool.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// After `kill -9` of InitRunner, the input of a command ends and its output has no reader.
@Timeout(60)
class UnheardArrivalTest {

  @TempDir private Path directory;

  @Test
  void aFileOfWhichAPartArrivedLeavesNothing() throws IOException, InterruptedException {
    TransferTool tool =
        new TransferTool(
            TransferTool.Function.COPY_TO,
            List.of(),
            1 << 20,
            new CallBounds(
                Limits.timeout(Duration.ofSeconds(30)), 4096, Optional.empty(), Optional.empty()));
    Command command = ((Plan.Run) tool.plan(Map.of("remote", "a"))).command();
    Process process = new ProcessBuilder(command.argv()).directory(directory.toFile()).start();
    process.getErrorStream().close();
    process.getInputStream().close();
    try (OutputStream input = process.getOutputStream()) {
      command.stdin().open().transferTo(input);
      input.write(("3 " + "0".repeat(64) + "\nab").getBytes(UTF_8));
    }
    process.waitFor();

    assertThat(directory).isEmptyDirectory();
  }
}
