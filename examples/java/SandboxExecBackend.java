import initrunner.Role;
import initrunner.Sandbox;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.RemedyException;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Where spring-ai-agent-utils runs shell commands (its `ExecBackend`), as a role's sandbox. The
/// nested types have the shape of that library's, so that this compiles without it: with it, delete
/// them, and implement its interfaces.
///
/// Its status has no word for a command that may still run: that becomes `INTERRUPTED`, and the
/// text says so.
public final class SandboxExecBackend {

  private static final int MOST_BYTES = 1 << 20;
  private static final Duration USUAL_TIME = Duration.ofSeconds(120);
  private static final Duration MOST_TIME = Duration.ofSeconds(600);

  private final Sandbox sandbox;

  /// @param sandbox stays the caller's to close
  public SandboxExecBackend(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// What to run.
  ///
  /// @param timeoutMillis 0 for the usual time
  public record ExecSpec(String command, long timeoutMillis, Map<String, String> env) {}

  /// How it ended.
  public record ExecResult(Status status, int exitCode, String stdout, String stderr) {

    /// The four ways that the library knows.
    public enum Status {
      COMPLETED,
      TIMED_OUT,
      LAUNCH_FAILED,
      INTERRUPTED
    }
  }

  /// Runs a command to its end. Never throws.
  public ExecResult run(ExecSpec spec) {
    Captured output = new Captured(MOST_BYTES);
    try {
      Ended ended = sandbox.run(command(spec), limits(spec), output).ended();
      return result(ended, output);
    } catch (RemedyException | IllegalArgumentException e) {
      String remedy = e instanceof RemedyException known ? "\n" + known.remedy() : "";
      return new ExecResult(ExecResult.Status.LAUNCH_FAILED, -1, "", e.getMessage() + remedy);
    }
  }

  private static ExecResult result(Ended ended, Captured output) {
    return switch (ended) {
      case Ended.Exited(int status) -> completed(status, output, "");
      case Ended.Signaled(String name) -> completed(128, output, "ended by signal " + name);
      case Ended.OutOfMemory _ -> completed(137, output, "out of memory");
      case Ended.TimedOut(var stop) -> ended(ExecResult.Status.TIMED_OUT, output, words(stop));
      case Ended.Cancelled(var stop) -> ended(ExecResult.Status.INTERRUPTED, output, words(stop));
      case Ended.Lost(String reason) ->
          ended(
              ExecResult.Status.INTERRUPTED,
              output,
              "the connection was lost (" + reason + "); the command may still run there");
    };
  }

  private static String words(initrunner.exec.Stop stop) {
    return switch (stop) {
      case STOPPED -> "the command was stopped";
      case STILL_RUNNING -> "the command still runs";
      case UNKNOWN -> "the command may still run";
    };
  }

  private static ExecResult completed(int status, Captured output, String words) {
    return new ExecResult(
        ExecResult.Status.COMPLETED, status, output.stdoutText(), with(words, output));
  }

  private static ExecResult ended(ExecResult.Status status, Captured output, String words) {
    return new ExecResult(status, -1, output.stdoutText(), with(words, output));
  }

  private static String with(String words, Captured output) {
    return words.isEmpty() ? output.stderrText() : output.stderrText() + words + "\n";
  }

  private static Command command(ExecSpec spec) {
    return new Command(
        List.of("sh", "-c", spec.command()), spec.env(), Optional.empty(), Stdin.nothing());
  }

  private static Limits limits(ExecSpec spec) {
    Duration asked =
        spec.timeoutMillis() <= 0 ? USUAL_TIME : Duration.ofMillis(spec.timeoutMillis());
    return Limits.timeout(asked.compareTo(MOST_TIME) > 0 ? MOST_TIME : asked);
  }

  /// Starts a command, which goes on until it ends or is killed.
  public ExecHandle start(ExecSpec spec) {
    return new ExecHandle(sandbox, command(spec));
  }

  /// A command that goes on. Safe for any number of threads.
  public static final class ExecHandle {

    private final String id = UUID.randomUUID().toString();
    private final StringBuilder unread = new StringBuilder();
    private final Thread thread;
    private volatile int exitCode = -1;

    private ExecHandle(Sandbox sandbox, Command command) {
      Sink sink =
          new Sink() {
            @Override
            public void stdout(ByteBuffer bytes) {
              add(bytes);
            }

            @Override
            public void stderr(ByteBuffer bytes) {
              add(bytes);
            }
          };
      thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Ended ended = sandbox.run(command, Limits.unbounded(), sink).ended();
                  exitCode = ended instanceof Ended.Exited(int status) ? status : -1;
                } catch (RemedyException e) {
                  add(
                      ByteBuffer.wrap(
                          String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8)));
                }
              });
    }

    private void add(ByteBuffer bytes) {
      synchronized (unread) {
        unread.append(StandardCharsets.UTF_8.decode(bytes));
        unread.delete(0, Math.max(0, unread.length() - MOST_BYTES));
      }
    }

    /// Names this command.
    public String id() {
      return id;
    }

    /// Whether it still runs.
    public boolean isAlive() {
      return thread.isAlive();
    }

    /// What it has printed since the last call, or those lines of it that match.
    public String newOutput(String filterRegex) {
      String text;
      synchronized (unread) {
        text = unread.toString();
        unread.setLength(0);
      }
      if (filterRegex == null) {
        return text;
      }
      Pattern filter = Pattern.compile(filterRegex);
      return text.lines()
          .filter(line -> filter.matcher(line).find())
          .collect(Collectors.joining("\n"));
    }

    /// Its status, when it is over; -1 where it did not exit.
    public int exitCode() {
      return exitCode;
    }

    /// Stops it where it runs, and waits until that is done.
    public void kill() throws InterruptedException {
      thread.interrupt();
      thread.join();
    }
  }

  /// @param args the role's file and a command
  public static void main(String[] args) throws InterruptedException {
    try (Sandbox sandbox = Sandbox.open(Role.load(Path.of(args[0])))) {
      SandboxExecBackend backend = new SandboxExecBackend(sandbox);
      System.out.println(backend.run(new ExecSpec(args[1], 0, Map.of())));
      System.out.println(backend.run(new ExecSpec("sleep 600", 300, Map.of())).status());
      ExecHandle handle = backend.start(new ExecSpec("sleep 600", 0, Map.of()));
      handle.kill();
      System.out.println("alive: " + handle.isAlive());
    }
  }
}
