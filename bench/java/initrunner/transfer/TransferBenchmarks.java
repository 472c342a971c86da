package initrunner.transfer;

import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import initrunner.ssh.client.SshTarget;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// Moves trees of files beside `tar` through `ssh`, `rsync` and `cat` through `ssh`, each over a
/// connection that is there already, and prints medians and ratios. Arguments: the round trips of
/// the link in milliseconds, `one` for a single large file, `many` for 100,000 files.
public final class TransferBenchmarks {

  private static final int FILES = 5_000;
  private static final int LARGE = 100;
  private static final int SMALL_BYTES = 2_000;
  private static final int LARGE_BYTES = 200_000;
  private static final int WARM_UP = 4;
  private static final int ROUNDS = 11;
  private static final Random RANDOM = new Random(39);

  private final Path directory;
  private final SshTarget target;
  private final Path here;
  private final Path there;
  private final OpenSshTransport transport;

  private interface Work {
    void run() throws Exception;
  }

  private TransferBenchmarks(Path directory, SshTarget target) throws IOException {
    this.directory = directory;
    this.target = target;
    this.here = Files.createDirectories(directory.resolve("here"));
    this.there = directory.resolve("there");
    this.transport = new OpenSshTransport(target);
  }

  public static void main(String[] arguments) throws Exception {
    SshdExtension sshd = new SshdExtension();
    sshd.prepareAndStart();
    Path directory = Files.createTempDirectory("transfer-bench");
    try {
      for (String argument : arguments) {
        measure(sshd, directory.resolve(argument), argument);
      }
    } finally {
      delete(directory);
      sshd.stopAndDelete();
    }
  }

  private static void measure(SshdExtension sshd, Path directory, String argument)
      throws Exception {
    switch (argument) {
      case "one" -> new TransferBenchmarks(directory, sshd.target()).one();
      case "many" -> new TransferBenchmarks(directory, sshd.target()).many();
      default -> {
        Duration oneWay = Duration.ofMillis(Integer.parseInt(argument)).dividedBy(2);
        if (oneWay.isZero()) {
          new TransferBenchmarks(directory, sshd.target()).tree("loopback");
        } else {
          try (Relay relay = new Relay(sshd.port(), oneWay)) {
            new TransferBenchmarks(directory, sshd.targetVia(relay.port()))
                .tree(argument + " ms");
          }
        }
      }
    }
    delete(directory);
  }

  // The tree.

  private void tree(String link) throws Exception {
    makeTree(FILES);
    String control = master();
    try {
      Timed push = new Timed("first push of the tree");
      Timed none = new Timed("nothing changed");
      Timed ten = new Timed("10 files changed");
      Timed pull = new Timed("pull of the tree");
      for (int round = 0; round < WARM_UP + ROUNDS; round++) {
        delete(there);
        delete(directory.resolve("states"));
        delete(directory.resolve("peer"));
        push.peer(() -> shell(
            "tar -C %s -cf - . | %s 'mkdir %s && tar -C %3$s -xf -'"
                .formatted(here, ssh(control), directory.resolve("peer"))));
        push.ours(() -> exchange(here, Direction.PUSH));
        none.peer(() -> shell(rsync(control)));
        none.ours(() -> exchange(here, Direction.PUSH));
        change(round);
        ten.peer(() -> shell(rsync(control)));
        ten.ours(() -> exchange(here, Direction.PUSH));
        Path back = directory.resolve("back" + round);
        Path peerBack = Files.createDirectories(directory.resolve("peer-back"));
        pull.peer(() -> shell(
            "%s 'tar -C %s -cf - .' | tar -C %s -xf -".formatted(ssh(control), there, peerBack)));
        pull.ours(() -> exchange(back, Direction.PULL));
        delete(back);
        delete(peerBack);
        if (round == WARM_UP - 1) {
          List.of(push, none, ten, pull).forEach(Timed::forget);
        }
      }
      System.out.println("| " + link + " | ours, ms | peer, ms | ratio |");
      System.out.println("|---|---|---|---|");
      for (Timed each : List.of(push, none, ten, pull)) {
        each.print();
      }
      System.out.println();
    } finally {
      shell("ssh -F %s -S %s -O exit box 2>/dev/null".formatted(config(), control));
      transport.close();
    }
  }

  private void makeTree(int files) throws IOException {
    for (int i = 0; i < files; i++) {
      Path sub = Files.createDirectories(here.resolve("d" + i % 50).resolve("e" + i % 7));
      byte[] content = new byte[i % (files / LARGE) == 0 ? LARGE_BYTES : SMALL_BYTES];
      RANDOM.nextBytes(content);
      Files.write(sub.resolve("file" + i), content);
    }
  }

  private void change(int round) throws IOException {
    for (int i = 0; i < 10; i++) {
      int file = round * 100 + i * 7 + 1;
      byte[] content = new byte[SMALL_BYTES];
      RANDOM.nextBytes(content);
      Files.write(here.resolve("d" + file % 50).resolve("e" + file % 7).resolve("file" + file), content);
    }
  }

  private void exchange(Path local, Direction direction) {
    Exchange exchange =
        new Exchange(transport, "bench", Optional.empty(), directory.resolve("states"));
    TransferReport report =
        exchange.run(
            new Exchange.Trees(local, there.toString(), Selection.of(List.of())),
            new Rules(direction, Deletion.FOLLOWED, Take.HERE),
            Progress.NONE);
    if (!report.isComplete()) {
      throw new IllegalStateException(report.toString());
    }
  }

  // The others.

  private Path config() {
    return target.configFile().orElseThrow();
  }

  /// A master for the others, at its best setting.
  private String master() throws Exception {
    String control = directory.resolve("m").toString();
    shell("ssh -F %s -M -S %s -o ControlPersist=600 -fN %s".formatted(config(), control, target.host()));
    return control;
  }

  private String ssh(String control) {
    return "ssh -F %s -S %s %s".formatted(config(), control, target.host());
  }

  private String rsync(String control) {
    return "rsync -a -e 'ssh -F %s -S %s' %s/ %s:%s/"
        .formatted(config(), control, here, target.host(), directory.resolve("peer"));
  }

  private static void shell(String script) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", script).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(script);
    }
  }

  // One large file, and many files.

  private void one() throws Exception {
    int mebibytes = 1024;
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(here.resolve("big"))) {
      for (int i = 0; i < mebibytes; i++) {
        RANDOM.nextBytes(block);
        out.write(block);
      }
    }
    String control = master();
    Timed timed = new Timed("1 GiB in one file");
    for (int round = 0; round < 3; round++) {
      delete(there);
      delete(directory.resolve("states"));
      timed.peer(() -> shell(
          "%s 'cat > %s' <%s".formatted(ssh(control), directory.resolve("peer"), here.resolve("big"))));
      timed.ours(() -> exchange(here, Direction.PUSH));
    }
    timed.print();
    shell("ssh -F %s -S %s -O exit box 2>/dev/null".formatted(config(), control));
    transport.close();
  }

  private void many() throws Exception {
    makeTree(100_000);
    System.gc();
    long begin = System.nanoTime();
    exchange(here, Direction.PUSH);
    long pushed = System.nanoTime();
    exchange(here, Direction.PUSH);
    long again = System.nanoTime();
    exchange(here, Direction.PUSH);
    System.out.printf(
        "| 100,000 files | first push %d ms | again %d ms | again %d ms |%n",
        (pushed - begin) / 1_000_000,
        (again - pushed) / 1_000_000,
        (System.nanoTime() - again) / 1_000_000);
    transport.close();
  }

  private static void delete(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> files = Files.walk(path)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /// The times of one work, ours and the peer's.
  private static final class Timed {
    private final String name;
    private final List<Long> ours = new ArrayList<>();
    private final List<Long> peers = new ArrayList<>();

    Timed(String name) {
      this.name = name;
    }

    void ours(Work work) throws Exception {
      ours.add(time(work));
    }

    void peer(Work work) throws Exception {
      peers.add(time(work));
    }

    /// What was measured while the JVM still compiled.
    void forget() {
      ours.clear();
      peers.clear();
    }

    private static long time(Work work) throws Exception {
      long begin = System.nanoTime();
      work.run();
      return System.nanoTime() - begin;
    }

    private static double median(List<Long> nanos) {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2] / 1e6;
    }

    void print() {
      double own = median(ours);
      double peer = median(peers);
      System.out.printf("| %s | %.0f | %.0f | %.2f |%n", name, own, peer, own / peer);
    }
  }
}
