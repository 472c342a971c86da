package initrunner.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Standard input, line by line: of what follows a line, nothing is read. Used by one thread at a
/// time.
final class InputLines {

  private final InputStream in;

  InputLines(InputStream in) {
    this.in = in;
  }

  /// One line with its end; without it where the input ended. Blocks. No interrupt reaches a read
  /// of the standard input, so another thread waits for it.
  String next() throws InterruptedException {
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("input-line")
        .start(() -> {
          try {
            line.complete(read());
          } catch (IOException e) {
            line.complete("");
          }
        });
    try {
      return line.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private String read() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0) {
      bytes.write(next);
      if (next == '\n') {
        break;
      }
      next = in.read();
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
