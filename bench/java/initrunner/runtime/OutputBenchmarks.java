package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Sink;
import initrunner.exec.transport.LocalTransport;
import initrunner.runtime.output.OutputLine;
import initrunner.runtime.output.WatchedSink;
import initrunner.text.SecretValues;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// Measures what it costs to watch 100 MB that a command prints, beside keeping its two ends alone,
/// all in one run with the commands interleaved, and prints Markdown.
public final class OutputBenchmarks {

  private static final int WARM_UP = 2;
  private static final int ROUNDS = 11;
  private static final double MEGABYTES = 100;
  private static final int KEPT_BYTES = 100_000;
  private static final SecretValues SECRETS =
      new SecretValues(List.of("correct-horse-battery-staple"));

  /// What is printed.
  private record Output(String name, String script) {}

  /// What takes it.
  private record Taker(String name, Consumer<List<OutputLine>> watcher) {}

  private static final List<Output> OUTPUTS =
      List.of(
          new Output("zeros", "head -c 100000000 /dev/zero"),
          new Output("lines of 20 bytes", "yes 'nineteen letters xx' | head -c 100000000"),
          new Output("lines of 100 bytes", "yes " + "x".repeat(99) + " | head -c 100000000"));

  private OutputBenchmarks() {}

  public static void main(String[] args) {
    Deque<OutputLine> last = new ArrayDeque<>();
    List<Taker> watchers =
        List.of(
            new Taker("a watcher that does nothing", _ -> {}),
            new Taker("a watcher that keeps the last three lines", lines -> keep(last, lines)));
    System.out.printf(
        "%n### 100 MB that a command prints (%d times each, interleaved)%n%n", ROUNDS);
    System.out.println("| output | taken by | MB/s (median) | share of `Captured` alone |");
    System.out.println("|---|---|---|---|");
    try (LocalTransport transport = new LocalTransport(System.getenv())) {
      OUTPUTS.forEach(output -> measure(transport, output, watchers));
    }
  }

  private static void keep(Deque<OutputLine> last, List<OutputLine> lines) {
    last.addAll(lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    while (last.size() > 3) {
      last.remove();
    }
  }

  private static void measure(LocalTransport transport, Output output, List<Taker> watchers) {
    List<long[]> nanos = new ArrayList<>();
    for (int i = 0; i <= watchers.size(); i++) {
      nanos.add(new long[ROUNDS]);
    }
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      for (int i = 0; i <= watchers.size(); i++) {
        Captured captured = new Captured(KEPT_BYTES);
        Sink sink =
            i == 0 ? captured : new WatchedSink(captured, SECRETS, watchers.get(i - 1).watcher());
        long begin = System.nanoTime();
        transport.run(Command.of("sh", "-c", output.script()), Limits.unbounded(), sink);
        if (round >= 0) {
          nanos.get(i)[round] = System.nanoTime() - begin;
        }
      }
    }
    double alone = median(nanos.getFirst());
    print(output, "`Captured` alone", alone, alone);
    for (int i = 0; i < watchers.size(); i++) {
      print(output, watchers.get(i).name(), median(nanos.get(i + 1)), alone);
    }
  }

  private static void print(Output output, String taker, double nanos, double alone) {
    System.out.printf(
        "| %s | %s | %.0f | %.2f |%n",
        output.name(), taker, MEGABYTES * 1e9 / nanos, alone / nanos);
  }

  private static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
