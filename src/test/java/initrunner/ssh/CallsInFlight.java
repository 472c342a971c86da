package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Calls that are under way on threads of their own while a test does something else.
final class CallsInFlight implements AutoCloseable {

  /// Above what any test needs, and below its own limit.
  private static final Limits LIMITS = Limits.timeout(Duration.ofSeconds(50));

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  /// Starts this many calls of a shell script, and returns once all of them have printed something.
  List<Future<Outcome>> begin(Transport transport, int count, String script)
      throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(count);
    Command command = Command.of("sh", "-c", "echo go; " + script);
    List<Future<Outcome>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(submit(() -> transport.run(command, LIMITS, onOutput(begun::countDown))));
    }
    begun.await();
    return calls;
  }

  /// Starts one and does not wait.
  <T> Future<T> submit(Callable<T> call) {
    return callers.submit(call);
  }

  static List<Ended> ends(List<Future<Outcome>> calls)
      throws ExecutionException, InterruptedException {
    List<Ended> ends = new ArrayList<>();
    for (Future<Outcome> call : calls) {
      ends.add(call.get().ended());
    }
    return ends;
  }

  static Sink onOutput(Runnable action) {
    return new Sink() {
      @Override
      public void stdout(ByteBuffer bytes) {
        action.run();
      }

      @Override
      public void stderr(ByteBuffer bytes) {}
    };
  }

  @Override
  public void close() {
    callers.shutdownNow();
  }
}
