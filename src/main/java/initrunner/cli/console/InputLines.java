package initrunner.cli.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Standard input, line by line; it reads nothing beyond a line. For one thread at a time.
public record InputLines(InputStream in) {

  /// Of one prompt that is read from standard input.
  public static final int MOST_PROMPT_BYTES = 1024 * 1024;

  /// A line that is too long for a prompt.
  public static final class TooLongException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TooLongException() {
      super("A prompt on standard input is longer than " + MOST_PROMPT_BYTES + " bytes");
    }
  }

  /// One line with its end, or without it at the end of the input. Blocks. A read of standard input
  /// cannot be interrupted, so another thread does it.
  ///
  /// @throws TooLongException if the line has more bytes than a prompt may have
  public String next() throws InterruptedException {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            this::read, task -> Thread.ofPlatform().daemon().name("input-line").start(task));
    try {
      return line.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TooLongException tooLong
          ? tooLong
          : new IllegalStateException(e.getCause());
    }
  }

  /// Asks a person a question, and blocks until there is an answer: whether it is a yes. What was
  /// typed before does not answer it.
  ///
  /// @throws InterruptedException at Ctrl-C, after which a new line has begun
  public static boolean isYes(Console console, String question) throws InterruptedException {
    console.err().print(question + " (y/n) ");
    console.discardTyped();
    try {
      return new InputLines(console.stdin()).next().strip().equalsIgnoreCase("y");
    } catch (InterruptedException e) {
      console.err().println();
      throw e;
    }
  }

  private String read() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      int next = in.read();
      while (next >= 0) {
        bytes.write(next);
        if (next == '\n') {
          break;
        }
        if (bytes.size() > MOST_PROMPT_BYTES) {
          throw new TooLongException();
        }
        next = in.read();
      }
    } catch (IOException e) {
      return "";
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
