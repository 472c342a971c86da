package initrunner.cli;

import initrunner.agent.Approver;
import initrunner.audit.VisibleText;
import initrunner.tool.ToolCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Asks the person at the terminal. What the call would do is shown whole, and nothing in it is
/// obeyed by the terminal. Used by one thread at a time.
final class TerminalApprover implements Approver {

  private record Same(String tool, Map<String, Object> arguments) {}

  private final InputStream in;
  private final PrintWriter err;
  private final String place;
  private final Set<Same> always = new HashSet<>();

  TerminalApprover(Console console, String place) {
    this.in = console.stdin();
    this.err = console.err();
    this.place = place;
  }

  @Override
  public Answer ask(ToolCall call) throws InterruptedException {
    Same same = new Same(call.tool(), call.arguments());
    if (always.contains(same)) {
      return Answer.YES;
    }
    err.println("? " + VisibleText.oneLine(call.tool()) + " on " + place + ":");
    call.arguments().forEach((name, value) -> show(name, String.valueOf(value)));
    while (true) {
      err.print("  Run it? y(es), n(o), a(lways exactly this): ");
      err.flush();
      String answer = line();
      switch (answer.strip().toLowerCase(Locale.ROOT)) {
        case "y", "yes" -> {
          return Answer.YES;
        }
        case "n", "no" -> {
          return Answer.NO;
        }
        case "a", "always" -> {
          always.add(same);
          return Answer.YES;
        }
        default -> {
          if (!answer.endsWith("\n")) {
            err.println();
            return Answer.LATER;
          }
        }
      }
    }
  }

  private void show(String name, String value) {
    String[] lines = value.split("\n", -1);
    if (lines.length == 1) {
      err.println("    " + VisibleText.oneLine(name + ": " + value));
      return;
    }
    err.println("    " + VisibleText.oneLine(name) + ":");
    for (String line : lines) {
      err.println("      " + VisibleText.oneLine(line));
    }
  }

  /// One line with its end; without it where the input ended. No interrupt reaches a read of the
  /// standard input, so another thread waits for it.
  private String line() throws InterruptedException {
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("terminal-answer")
        .start(() -> {
          try {
            line.complete(readLine());
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

  private String readLine() throws IOException {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
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
