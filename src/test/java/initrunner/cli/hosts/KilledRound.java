package initrunner.cli.hosts;

import initrunner.exec.ChildJvm;
import initrunner.ssh.PrivateDirectories;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// An `exec --hosts` that is killed (SIGKILL) while its commands run, with dead and slow hosts
/// among the others, and what is left of it.
///
/// @param sshd listens on all addresses of loopback
/// @param directory of this round alone
/// @param hosts at least 20; of each 20, one refuses, one has no address, one stays silent and one
///   is slow
public record KilledRound(SshdExtension sshd, Path directory, int hosts) {

  private static final int OF_EACH_KIND = 20;
  private static final int DEAD_KINDS = 3;
  private static final Duration SLOW = Duration.ofMillis(50);
  private static final Duration GONE_BOUND = Duration.ofMinutes(2);

  /// What the process held while the commands ran.
  ///
  /// @param started processes that it has started and that still run, but for connections
  public record Held(int commands, int threads, int descriptors, long started) {}

  /// Runs it, kills it, and waits until nothing of it is left.
  ///
  /// @throws AssertionError if something is left
  public Held run() throws IOException, InterruptedException {
    List<Relay> slow = new ArrayList<>();
    try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getByName("127.0.0.1"))) {
      for (int at = 0; at < hosts / OF_EACH_KIND; at++) {
        slow.add(new Relay(sshd.port(), SLOW));
      }
      Path role = Fleet.write(directory, sshd, lines(silent.getLocalPort(), slow));
      Process process = start(role);
      int alive = hosts - DEAD_KINDS * (hosts / OF_EACH_KIND);
      while (commands().size() < alive) {
        if (!process.isAlive()) {
          throw new AssertionError(
              "it has ended: " + Files.readString(directory.resolve("output")));
        }
        Thread.sleep(10);
      }
      Held held = held(process);
      List<Path> directories = PrivateDirectories.of(process.pid());
      process.destroyForcibly().waitFor();
      awaitNothing(directories);
      return held;
    } finally {
      slow.forEach(Relay::close);
    }
  }

  private List<String> lines(int silentPort, List<Relay> slow) {
    List<String> lines = new ArrayList<>();
    int each = hosts / OF_EACH_KIND;
    for (int at = 1; at <= each; at++) {
      lines.addAll(List.of("Host " + name(at), "  Port 9"));
      lines.addAll(List.of("Host " + name(each + at), "  HostName nosuch" + at + ".invalid"));
      lines.addAll(List.of("Host " + name(2 * each + at), "  Port " + silentPort));
      lines.addAll(List.of("Host " + name(3 * each + at), "  Port " + slow.get(at - 1).port()));
      lines.add("  HostName 127.0.0.1");
      lines.add("  User " + sshd.user());
    }
    lines.addAll(Fleet.hosts(hosts));
    return lines;
  }

  private static String name(int at) {
    return "n%03d".formatted(at);
  }

  private Process start(Path role) throws IOException {
    List<String> command =
        ChildJvm.initrunner(
            List.of("-XX:-UsePerfData"),
            "exec",
            role.toString(),
            "--hosts",
            "n[001-%03d]".formatted(hosts),
            "--parallel",
            "" + hosts,
            "--",
            "sh",
            "-c",
            "echo $$ >> " + pids() + "; exec sleep 1000");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile());
    builder.environment().put("INITRUNNER_HOME", directory.toString());
    return builder.start();
  }

  private Path pids() {
    return directory.resolve("pids");
  }

  private List<Long> commands() throws IOException {
    return Files.exists(pids())
        ? Files.readAllLines(pids()).stream().map(Long::valueOf).toList()
        : List.of();
  }

  private Held held(Process process) throws IOException {
    Path proc = Path.of("/proc/" + process.pid());
    return new Held(
        commands().size(),
        entries(proc.resolve("task")),
        entries(proc.resolve("fd")),
        process.children().count());
  }

  private static int entries(Path of) throws IOException {
    try (Stream<Path> entries = Files.list(of)) {
      return (int) entries.count();
    }
  }

  private void awaitNothing(List<Path> directories) throws IOException, InterruptedException {
    long until = System.nanoTime() + GONE_BOUND.toNanos();
    List<String> left = left(directories);
    while (!left.isEmpty()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("left: " + left);
      }
      Thread.sleep(50);
      left = left(directories);
    }
  }

  private List<String> left(List<Path> directories) throws IOException {
    List<String> left = new ArrayList<>();
    for (Path each : directories) {
      if (Files.exists(each) || Files.exists(Path.of(each + ".left"))) {
        left.add(each.toString());
      }
    }
    for (long pid : commands()) {
      ProcessHandle.of(pid).ifPresent(command -> left.add("command " + pid));
    }
    sshd.clients().forEach(pid -> left.add("client " + pid));
    ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> names("/proc/" + pid + "/cmdline") || names("/proc/" + pid + "/environ"))
        .forEach(pid -> left.add("process " + pid));
    return left;
  }

  private boolean names(String file) {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1)
          .contains(directory.toString());
    } catch (IOException goneOrOfAnother) {
      return false;
    }
  }
}
