package initrunner.cli;

import initrunner.bench.ProcessMemory;
import initrunner.ssh.SshdExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Measures `exec --hosts` beside pssh, clush and Ansible ad hoc, as whole processes, on many
/// loopback addresses of one real `sshd`, and prints Markdown. Needs root, and Debian's packages
/// pssh, clustershell and ansible-core.
public final class HostsBenchmarks {

  private static final int ROUNDS = 3;
  private static final int PARALLEL = 16;
  private static final int SILENT = 20;
  private static final int BEHIND_JUMP_HOST = 60;
  private static final int WIDE = 32;

  private final Path directory;
  private final SshdExtension sshd;
  private final SshdExtension gate;

  private HostsBenchmarks(Path directory, SshdExtension sshd, SshdExtension gate) {
    this.directory = directory;
    this.sshd = sshd;
    this.gate = gate;
  }

  public static void main(String[] args) throws Exception {
    SshdExtension sshd = new SshdExtension("MaxStartups 1000").onAllAddresses();
    // What sshd has without a line of its own.
    SshdExtension gate = new SshdExtension("MaxStartups 10:30:100");
    sshd.prepareAndStart();
    gate.prepareAndStart();
    Path directory = Files.createTempDirectory("initrunner-bench");
    try {
      HostsBenchmarks benchmarks = new HostsBenchmarks(directory, sshd, gate);
      benchmarks.many(50, PARALLEL);
      benchmarks.many(200, PARALLEL);
      benchmarks.cold(200, 64);
      benchmarks.cold(400, PARALLEL);
      benchmarks.silent();
      benchmarks.behindAJumpHost();
    } finally {
      sshd.stopAndDelete();
      gate.stopAndDelete();
    }
  }

  /// One program with the hosts, and what its output has for each that answered.
  private record Contender(String name, List<String> command, Pattern answer) {}

  /// @param peakKibibytes of all processes together, each shared page once
  private record Sample(
      double total, double first, double last, long peakKibibytes, int processes, int answers) {}

  private void cold(int hosts, int parallel) throws Exception {
    Path cold = config("cold", hosts, 0, "");
    heading(
        "%d hosts, %d at a time: `uname -n` (median of %d rounds, of Ansible one)"
            .formatted(hosts, parallel, ROUNDS));
    List<String> names = names(hosts);
    row(initrunner(cold, names, parallel), hosts, ROUNDS);
    for (Contender each : peers(cold, names, parallel, "each logs in")) {
      row(each, hosts, ROUNDS);
    }
  }

  private void many(int hosts, int parallel) throws Exception {
    cold(hosts, parallel);
    Path warm =
        config(
            "warm",
            hosts,
            0,
            "  ControlMaster auto\n  ControlPersist 600\n  ControlPath " + directory + "/%C\n");
    List<String> names = names(hosts);
    for (Contender each : peers(warm, names, parallel, "over masters that are there")) {
      var _ = measured(each);
      row(each, hosts, ROUNDS);
    }
    long masters = masters().mapToLong(pid -> ProcessMemory.of(pid).shared()).sum();
    System.out.printf(
        Locale.ROOT,
        "%nThe %d masters that were there hold %d MiB, which the table leaves out.%n",
        masters().count(),
        masters / 1024);
    masters().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy));
  }

  private void silent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getByName("0.0.0.0"))) {
      int hosts = 200;
      Path config = config("silent", hosts, silent.getLocalPort(), "  ConnectTimeout 10\n");
      heading(
          "%d hosts, %d at a time, of which the first %d accept connections and stay silent"
              .formatted(hosts, PARALLEL, SILENT));
      List<String> names = names(hosts);
      row(initrunner(config, names, PARALLEL), hosts - SILENT, 1);
      for (Contender each : peers(config, names, PARALLEL, "each logs in")) {
        row(each, hosts - SILENT, 1);
      }
    }
  }

  private void behindAJumpHost() throws Exception {
    Path config = config("jump", BEHIND_JUMP_HOST, 0, "  ProxyJump gate\n");
    heading(
        "%d hosts behind one jump host with sshd's own MaxStartups, %d at a time"
            .formatted(BEHIND_JUMP_HOST, WIDE));
    List<String> names = names(BEHIND_JUMP_HOST);
    row(initrunner(config, names, WIDE), BEHIND_JUMP_HOST, 1);
    for (Contender each : peers(config, names, WIDE, "each logs in")) {
      row(each, BEHIND_JUMP_HOST, 1);
    }
  }

  private static List<String> names(int hosts) {
    return IntStream.rangeClosed(1, hosts).mapToObj("n%03d"::formatted).toList();
  }

  private Contender initrunner(Path config, List<String> names, int parallel) throws IOException {
    Path role = directory.resolve(config.getFileName() + ".yaml");
    Files.writeString(
        role,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: fleet}
        spec:
          role: Fleet.
          security: {sandbox: {backend: ssh, ssh: {host: n001, config_file: %s}}}
        """
            .formatted(config));
    List<String> command =
        List.of(
            Path.of("initrunner").toAbsolutePath().toString(),
            "exec",
            role.toString(),
            "--hosts",
            String.join(",", names),
            "--parallel",
            "" + parallel,
            "--json",
            "--",
            "uname",
            "-n");
    return new Contender(
        "InitRunner, with its audit log", command, Pattern.compile("^\\{\"ended\":\"exited\""));
  }

  private List<Contender> peers(Path config, List<String> names, int parallel, String how)
      throws IOException {
    Path list = Files.write(directory.resolve("list"), names);
    String at = "" + parallel;
    String ssh = "-F " + config;
    List<String> pssh =
        List.of(
            "parallel-ssh", "-h", list.toString(), "-p", at, "-t", "0", "-x", ssh, "-i", "uname -n");
    List<String> clush =
        List.of("clush", "-f", at, "-o", ssh, "-w", String.join(",", names), "uname", "-n");
    List<String> ansible =
        List.of(
            "ansible", "all", "-i", list.toString(), "-f", at, "-m", "raw", "-a", "uname -n",
            "--ssh-common-args", ssh);
    return List.of(
        new Contender("pssh 2.3.4, " + how, pssh, Pattern.compile("\\[SUCCESS]")),
        new Contender("clush 1.9.1, " + how, clush, Pattern.compile("^n\\d+: ")),
        new Contender("ansible 2.14 raw, " + how, ansible, Pattern.compile("\\| CHANGED \\|")));
  }

  /// @param silentPort where the first hosts are, or 0 for none
  private Path config(String name, int hosts, int silentPort, String more) throws IOException {
    StringBuilder lines = new StringBuilder();
    String alias = "  HostKeyAlias [127.0.0.1]:";
    lines.append("Host gate\n  Port " + gate.port() + "\n" + alias + gate.port() + "\n");
    lines.append("  IdentityFile " + gate.key() + "\n  HostName 127.0.0.1\n");
    lines.append("  UserKnownHostsFile " + gate.directory().resolve("known_hosts") + "\n");
    for (int at = 1; at <= hosts; at++) {
      lines.append("Host n%03d\n  HostName 127.0.%d.%d\n".formatted(at, 1 + at / 200, 1 + at % 200)).append(more);
      if (silentPort > 0 && at <= SILENT) {
        lines.append("  Port " + silentPort + "\n");
      }
    }
    lines.append("Host *\n" + alias + sshd.port() + "\n");
    Files.readAllLines(sshd.configFile()).stream()
        .filter(line -> !line.contains("HostName") && !line.startsWith("Host "))
        .forEach(line -> lines.append(line).append('\n'));
    return Files.writeString(directory.resolve(name), lines);
  }

  private static void heading(String text) {
    System.out.printf(
        "%n### %s%n%n| | hosts per s | first answer, s | last answer, s | whole run, s | most memory,"
            + " MiB | most processes | not answered |%n|---|---|---|---|---|---|---|---|%n",
        text);
  }

  private void row(Contender contender, int expected, int rounds) throws Exception {
    List<Sample> samples = new ArrayList<>();
    int made = contender.name().startsWith("ansible") ? 1 : rounds;
    for (int round = 0; round < made; round++) {
      samples.add(measured(contender));
    }
    samples.sort(Comparator.comparingDouble(Sample::total));
    Sample median = samples.get(made / 2);
    System.out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.2f | %.2f | %.2f | %d | %d | %d |%n",
        contender.name(),
        median.answers() / median.total(),
        median.first(),
        median.last(),
        median.total(),
        median.peakKibibytes() / 1024,
        median.processes(),
        expected - median.answers());
  }

  /// Runs it in a namespace of process ids of its own, by which all of its processes are known.
  private Sample measured(Contender contender) throws Exception {
    List<String> command = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    // Masters of ssh that stay must not end with the namespace.
    boolean staysBehind = contender.name().contains("masters");
    if (staysBehind) {
      command.clear();
    } else {
      command.addAll(List.of("sh", "-c", "\"$@\"; exit 0", "sh"));
    }
    command.addAll(contender.command());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(directory.resolve("err").toFile());
    builder.environment().put("PYTHONUNBUFFERED", "1");
    builder.environment().put("ANSIBLE_SSH_CONTROL_PATH_DIR", directory.resolve("cp").toString());
    builder.environment().put("ANSIBLE_SSH_ARGS", "-C");
    builder.environment().put("INITRUNNER_HOME", directory.resolve("home").toString());
    long begin = System.nanoTime();
    Process process = builder.start();
    Peak peak = new Peak(process.toHandle(), !staysBehind);
    Thread sampling = Thread.ofPlatform().daemon().start(peak);
    double first = 0;
    double last = 0;
    int answers = 0;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (contender.answer().matcher(line).find()) {
          last = (System.nanoTime() - begin) / 1e9;
          first = answers++ == 0 ? last : first;
        }
      }
    }
    process.waitFor();
    double total = (System.nanoTime() - begin) / 1e9;
    sampling.interrupt();
    sampling.join();
    return new Sample(total, first, last, peak.kibibytes, peak.processes, answers);
  }

  /// The memory of a process and of all that it has started, sampled until an interrupt.
  private static final class Peak implements Runnable {

    private final ProcessHandle process;
    private final boolean hasNamespace;
    private long kibibytes;
    private int processes;

    Peak(ProcessHandle process, boolean hasNamespace) {
      this.process = process;
      this.hasNamespace = hasNamespace;
    }

    @Override
    public void run() {
      try {
        while (true) {
          List<Long> all = all();
          kibibytes =
              Math.max(
                  kibibytes, all.stream().mapToLong(pid -> ProcessMemory.of(pid).shared()).sum());
          processes = Math.max(processes, all.size());
          Thread.sleep(100);
        }
      } catch (InterruptedException over) {
        // the end
      }
    }

    private List<Long> all() {
      List<Long> children = process.descendants().map(ProcessHandle::pid).toList();
      if (!hasNamespace || children.isEmpty()) {
        return Stream.concat(Stream.of(process.pid()), children.stream()).toList();
      }
      String namespace = namespace(children.getFirst());
      return ProcessHandle.allProcesses()
          .map(ProcessHandle::pid)
          .filter(pid -> !namespace.isEmpty() && namespace(pid).equals(namespace))
          .toList();
    }

    private static String namespace(long pid) {
      try {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")).toString();
      } catch (IOException gone) {
        return "";
      }
    }
  }

  private Stream<Long> masters() {
    return ProcessHandle.allProcesses()
        .filter(each -> title(each.pid()).startsWith("ssh: " + directory))
        .map(ProcessHandle::pid);
  }

  private static String title(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    } catch (IOException gone) {
      return "";
    }
  }
}
