import initrunner.Role;
import initrunner.Sandbox;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs commands where a role says, without an agent: one to its end, one whose output is shown as
/// it comes, many at once over one connection, and one that another thread cancels.
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp 'target/initrunner.jar:target/lib/*' examples/java/RunCommands.java role.yaml
/// ```
public final class RunCommands {

  private RunCommands() {}

  /// @param args the role's file
  public static void main(String[] args) throws Exception {
    try (Sandbox sandbox = Sandbox.open(Role.load(Path.of(args[0])))) {
      System.out.println("commands run on " + sandbox.host());
      captured(sandbox);
      streamed(sandbox);
      manyAtOnce(sandbox);
      cancelled(sandbox);
    }
  }

  private static void captured(Sandbox sandbox) {
    Captured output = new Captured(1 << 20);
    Outcome outcome =
        sandbox.run(
            Command.of("sh", "-c", "echo built; exit 3"),
            Limits.timeout(Duration.ofMinutes(1)),
            output);
    String said =
        switch (outcome.ended()) {
          case Ended.Exited(int status) -> "exit " + status;
          case Ended.Signaled(String name) -> "ended by " + name;
          case Ended.OutOfMemory _ -> "out of memory";
          case Ended.TimedOut(var stop) -> "timed out, " + stop;
          case Ended.Cancelled(var stop) -> "cancelled, " + stop;
          case Ended.Lost(String reason) -> "it may have run and may still run: " + reason;
        };
    System.out.println(said + ": " + output.stdoutText().strip());
  }

  private static void streamed(Sandbox sandbox) {
    Sink shown =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            System.out.print(StandardCharsets.UTF_8.decode(bytes));
          }

          @Override
          public void stderr(ByteBuffer bytes) {
            System.err.print(StandardCharsets.UTF_8.decode(bytes));
          }
        };
    sandbox.run(Command.of("seq", "3"), Limits.unbounded(), shown);
  }

  private static void manyAtOnce(Sandbox sandbox) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Command command = Command.of("expr", String.valueOf(i), "*", String.valueOf(i));
        calls.add(() -> {
          Captured output = new Captured(1024);
          sandbox.run(command, Limits.unbounded(), output);
          return output.stdoutText().strip();
        });
      }
      List<String> squares = new ArrayList<>();
      for (Future<String> square : threads.invokeAll(calls)) {
        squares.add(square.get());
      }
      System.out.println("squares: " + squares);
    }
  }

  /// An interrupt stops the command where it runs; the outcome says whether that is proven.
  private static void cancelled(Sandbox sandbox) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    Sink untilItPrints =
        new Sink() {
          @Override
          public void stdout(ByteBuffer bytes) {
            began.countDown();
          }

          @Override
          public void stderr(ByteBuffer bytes) {}
        };
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              Outcome outcome =
                  sandbox.run(
                      Command.of("sh", "-c", "echo began; sleep 600"),
                      Limits.unbounded(),
                      untilItPrints);
              System.out.println(outcome.ended());
            });
    began.await();
    caller.interrupt();
    caller.join();
  }
}
