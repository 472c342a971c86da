package initrunner.ssh;

import initrunner.exec.Command;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Has each contender move many bytes, in turn, and prints how fast that was and which processes
/// took how much of the processors for it.
record Transfers(String title, Command command, long bytes, boolean areInput) {

  private static final int ROUNDS = 3;

  /// The JVM compiles what it runs often, in the first of them.
  private static final int WARM_UP_SHARE = 4;

  static Transfers output(long bytes) {
    String heap = (Runtime.getRuntime().maxMemory() >> 20) + " MiB";
    return new Transfers(
        (bytes >> 20) + " MiB of output, heap " + heap, head(bytes), bytes, false);
  }

  private static Command head(long bytes) {
    return Command.of("head", "-c", Long.toString(bytes), "/dev/zero");
  }

  static Transfers input(long bytes) {
    return new Transfers(
        (bytes >> 20) + " MiB of input", Command.of("sh", "-c", "cat >/dev/null"), bytes, true);
  }

  private Transfers warmUp() {
    long some = bytes / WARM_UP_SHARE;
    return areInput ? input(some) : output(some);
  }

  /// What one contender took.
  private record Taken(List<Long> nanos, ProcessorTime processor) {

    Taken and(Taken more) {
      return new Taken(
          Stream.concat(nanos.stream(), more.nanos.stream()).toList(),
          processor.plus(more.processor));
    }

    double seconds() {
      return nanos.stream().mapToLong(Long::longValue).sum() / 1e9;
    }

    double median() {
      return nanos.stream().sorted().toList().get(nanos.size() / 2) / 1e9;
    }
  }

  void print(SshdExtension sshd, List<Contender> contenders, String cipher) throws Exception {
    Map<Contender, Taken> taken = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      warmUp().run(contender);
      taken.put(contender, new Taken(List.of(), ProcessorTime.NONE));
    }
    List<Long> masters = ProcessorTime.masters(sshd);
    int sessions = sshd.sessions().size();
    for (int round = 0; round < ROUNDS; round++) {
      for (Contender contender : contenders) {
        ProcessorTime before = ProcessorTime.now(sshd, masters);
        long nanos = run(contender);
        awaitSessions(sshd, sessions);
        ProcessorTime used = ProcessorTime.now(sshd, masters).minus(before);
        taken.computeIfPresent(
            contender, (_, so) -> so.and(new Taken(List.of(nanos), used)));
      }
    }
    System.out.printf("%n### %s, %s%n%n", title, cipher);
    System.out.println(
        "| | MB/s (median of 3) | engine ÷ this | CPU s/GB: server | master | client |"
            + " processors busy | busiest |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    double ours = taken.values().iterator().next().median();
    taken.forEach((contender, each) -> printRow(contender, each, ours));
  }

  /// What an ended process took is its parent's only once that has waited for it.
  private static void awaitSessions(SshdExtension sshd, int sessions) throws InterruptedException {
    for (int i = 0; i < 100 && sshd.sessions().size() > sessions; i++) {
      Thread.sleep(10);
    }
  }

  private void printRow(Contender contender, Taken taken, double ours) {
    ProcessorTime used = taken.processor();
    double gigabytes = ROUNDS * bytes / 1e9;
    double[] each = {used.server(), used.master(), used.client()};
    double most = Arrays.stream(each).max().orElseThrow();
    String busiest = most == used.server() ? "server" : most == used.master() ? "master" : "client";
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.2f | %.2f | %s | %.2f | %.1f | %s %.0f %% |%n",
        contender.name(),
        bytes / 1e6 / taken.median(),
        taken.median() / ours,
        used.server() / gigabytes,
        used.master() == 0 ? "" : String.format(Locale.ROOT, "%.2f", used.master() / gigabytes),
        used.client() / gigabytes,
        Arrays.stream(each).sum() / taken.seconds(),
        busiest,
        100 * most / taken.seconds());
  }

  /// @return how many nanoseconds it took
  private long run(Contender contender) throws Exception {
    InputStream stdin = areInput ? new Zeros(bytes) : EngineContender.NO_INPUT;
    long begin = System.nanoTime();
    long came = contender.run(command, stdin);
    long nanos = System.nanoTime() - begin;
    if (!areInput && came >= 0 && came != bytes) {
      throw new IllegalStateException(contender.name() + " gave " + came + " bytes");
    }
    return nanos;
  }
}
