package initrunner.ssh;

import initrunner.exec.FreePort;
import initrunner.ssh.client.SshTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real `sshd` on a free loopback port with keys made for it, as a static field with
/// `@RegisterExtension`. Nothing of the user's is read or written: the server has its own keys and
/// its own `HOME`, the client its own configuration ([#configFile]) in which [#HOST] is the server.
///
/// ```java
/// @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 2");
/// ```
public final class SshdExtension implements BeforeAllCallback, AfterAllCallback {

  /// The alias by which the client's configuration knows the server.
  public static final String HOST = "my-build-box";

  private final List<String> serverOptions;
  private Optional<Account> account = Optional.empty();
  private List<String> environment = List.of();
  private Optional<String> passwordHash = Optional.empty();
  private List<String> starter = List.of();
  private String address = "127.0.0.1";
  private Optional<String> listenAddress = Optional.empty();
  private Optional<Path> directory = Optional.empty();
  private Optional<Process> server = Optional.empty();
  private int port;

  /// Nested classes come here too.
  private int classesUnderWay;

  private record Account(String name, String shell) {}

  /// @param serverOptions lines put in front of the server's configuration
  public SshdExtension(String... serverOptions) {
    this.serverOptions = List.of(serverOptions);
  }

  /// Logs in as an account of this name and login shell instead of the current user. It is created
  /// when it is missing, which needs root.
  public SshdExtension as(String name, String shell) {
    account = Optional.of(new Account(name, shell));
    return this;
  }

  /// The account of [#as] has this password, and the server takes it.
  ///
  /// @param hash of crypt(3)
  public SshdExtension withPasswordHash(String hash) {
    passwordHash = Optional.of(hash);
    return this;
  }

  /// What sessions find in their environments besides `HOME`: `NAME=value`, without blanks.
  public SshdExtension withEnvironment(String... variables) {
    environment = List.of(variables);
    return this;
  }

  /// It listens on each address of loopback, for many hosts.
  public SshdExtension onAllAddresses() {
    listenAddress = Optional.of("0.0.0.0");
    return this;
  }

  /// The server and all that it starts see no other processes and end together. Needs root.
  public SshdExtension inAPidNamespace() {
    starter =
        List.of(
            "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation=slave");
    return this;
  }

  /// The server is in a network of its own, at this address there.
  ///
  /// @param entering what runs a program in that network
  SshdExtension at(String other, List<String> entering) {
    starter = entering;
    address = other;
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (classesUnderWay++ == 0) {
      prepareAndStart();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (--classesUnderWay == 0) {
      stopAndDelete();
    }
  }

  /// What happens before the first test, for programs that run without a test engine.
  public void prepareAndStart() {
    prepare();
    start();
  }

  /// What happens after the last test.
  public void stopAndDelete() {
    stop();
    deleteTree(directory());
  }

  /// The client's private key.
  public Path key() {
    return directory().resolve("user_key");
  }

  /// The client's configuration, for `ssh -F`.
  public Path configFile() {
    return directory().resolve("ssh_config");
  }

  /// The target that means this server.
  public SshTarget target() {
    return new SshTarget(
        HOST, Optional.empty(), Optional.of(configFile()), Duration.ofSeconds(10), "60s");
  }

  /// A target that reaches this server through another port, with more lines in its configuration.
  public SshTarget targetVia(int otherPort, String... options) {
    try {
      Path file = Files.createTempFile(directory(), "ssh_config_", "");
      List<String> lines = new ArrayList<>(List.of("Host " + HOST));
      for (String option : options) {
        lines.add("  " + option);
      }
      lines.add("  Port " + otherPort);
      lines.add("  HostKeyAlias [127.0.0.1]:" + port);
      lines.addAll(Files.readAllLines(configFile()));
      Files.write(file, lines);
      return new SshTarget(
          HOST, Optional.empty(), Optional.of(file), Duration.ofSeconds(10), "60s");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Process ids of what serves connections on the server's side.
  public List<Long> sessions() {
    return server.orElseThrow().descendants().map(ProcessHandle::pid).toList();
  }

  /// Process ids of the clients that have a connection to this server.
  public List<Long> clients() {
    try {
      Set<String> inodes = new HashSet<>();
      String remote = String.format(":%04X", port);
      for (String line : Files.readAllLines(Path.of("/proc/net/tcp"))) {
        String[] fields = line.strip().split("\\s+", -1);
        // Fields: sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode; 01 is
        // ESTABLISHED.
        if (fields.length > 9 && fields[2].endsWith(remote) && fields[3].equals("01")) {
          inodes.add("socket:[" + fields[9] + "]");
        }
      }
      return ProcessHandle.allProcesses()
          .map(ProcessHandle::pid)
          .filter(pid -> holdsAny(pid, inodes))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holdsAny(long pid, Set<String> inodes) {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.anyMatch(file -> inodes.contains(linkOf(file)));
    } catch (IOException goneOrNotOurs) {
      return false;
    }
  }

  private static String linkOf(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException gone) {
      return "";
    }
  }

  /// Waits until no client is connected any more.
  public void awaitNoClients() {
    for (int i = 0; i < 1000 && !clients().isEmpty(); i++) {
      pause();
    }
    if (!clients().isEmpty()) {
      throw new AssertionError("still connected: " + clients());
    }
  }

  /// `HOME` on the far side: where its rc files and `~/` are.
  public Path home() {
    return directory().resolve("home");
  }

  /// A directory of this server's, writable for the account that logs in.
  public Path directory() {
    return directory.orElseThrow(() -> new IllegalStateException("sshd is not prepared"));
  }

  public int port() {
    return port;
  }

  /// The account that logs in.
  public String user() {
    return account.map(Account::name).orElse(System.getProperty("user.name"));
  }

  /// Process id of the listening server.
  public long pid() {
    return server.orElseThrow().pid();
  }

  /// How many connections have authenticated since the last start.
  public long logins() {
    return logged("Accepted publickey");
  }

  /// How many lines of the server's log since the last start have these words.
  public long logged(String words) {
    try (Stream<String> lines = Files.lines(log(), StandardCharsets.UTF_8)) {
      return lines.filter(line -> line.contains(words)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log() {
    return directory().resolve("sshd.log");
  }

  private void prepare() {
    try {
      Path made = Files.createTempDirectory(Path.of("/tmp"), "irt-");
      directory = Optional.of(made);
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.createDirectory(made.resolve("home"));
      keygen(made.resolve("host_key"));
      keygen(made.resolve("user_key"));
      Files.copy(made.resolve("user_key.pub"), made.resolve("authorized_keys"));
      if (account.isPresent()) {
        createAccount(account.get(), passwordHash.orElse("*"));
        run("chown", "-R", user(), made.resolve("home").toString());
      }
      port = FreePort.find();
      writeServerConfiguration();
      writeClientConfiguration();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The account files have one lock, at which a second `useradd` fails: other forks of this build
  /// and other builds wait for their turn.
  private static void createAccount(Account wanted, String password) throws IOException {
    Path lock = Path.of("/tmp/initrunner-test-accounts.lock");
    try (FileChannel file =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = file.lock()) {
      if (exitOf("id", "-u", wanted.name()) != 0) {
        run("useradd", "--create-home", "--shell", wanted.shell(), wanted.name());
      }
      run("usermod", "--password", password, "--shell", wanted.shell(), wanted.name());
    }
  }

  private void writeServerConfiguration() throws IOException {
    Path at = directory();
    List<String> lines = new ArrayList<>(serverOptions);
    lines.addAll(
        List.of(
            "ListenAddress " + listenAddress.orElse(address),
            "Port " + port,
            "HostKey " + at.resolve("host_key"),
            "AuthorizedKeysFile " + at.resolve("authorized_keys"),
            "PidFile none",
            "UsePAM no",
            "StrictModes no",
            "PermitRootLogin yes",
            "PasswordAuthentication " + (passwordHash.isPresent() ? "yes" : "no"),
            "KbdInteractiveAuthentication no",
            "PrintMotd no",
            "MaxStartups 200",
            // It takes half of a login's processor time.
            "KexAlgorithms -sntrup761*",
            "LogLevel VERBOSE",
            "SetEnv " + String.join(" ", environment) + " HOME=" + at.resolve("home")));
    Files.write(at.resolve("sshd_config"), lines);
  }

  private void writeClientConfiguration() throws IOException {
    Path at = directory();
    String hostKey = Files.readString(at.resolve("host_key.pub")).strip();
    Files.writeString(
        at.resolve("known_hosts"), "[" + address + "]:" + port + " " + hostKey + "\n");
    Files.write(
        configFile(),
        List.of(
            "Host " + HOST,
            "  HostName " + address,
            "  Port " + port,
            "  User " + user(),
            "  IdentityFile " + at.resolve("user_key"),
            "  IdentitiesOnly yes",
            "  IdentityAgent none",
            "  StrictHostKeyChecking yes",
            "  UserKnownHostsFile " + at.resolve("known_hosts"),
            "  GlobalKnownHostsFile /dev/null"));
  }

  /// Starts the server (again), on the same port with the same keys.
  public void start() {
    try {
      if (isRoot()) {
        Files.createDirectories(Path.of("/run/sshd"));
      }
      Files.deleteIfExists(log());
      Files.createFile(log());
      List<String> argv = new ArrayList<>(starter);
      argv.addAll(
          List.of(
              executable("sshd").toString(),
              "-D",
              "-f",
              directory().resolve("sshd_config").toString(),
              "-E",
              log().toString()));
      server =
          Optional.of(
              new ProcessBuilder(argv)
                  .redirectErrorStream(true)
                  .redirectOutput(directory().resolve("sshd.out").toFile())
                  .start());
      awaitListening();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops the listening server and every connection that it serves.
  public void stop() {
    server.ifPresent(process -> {
      List<ProcessHandle> sessions = process.descendants().toList();
      process.destroy();
      sessions.forEach(ProcessHandle::destroyForcibly);
      try {
        process.waitFor(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    server = Optional.empty();
  }

  private void awaitListening() throws IOException {
    for (int attempt = 0; attempt < 500; attempt++) {
      if (logged("Server listening on") > 0) {
        return;
      }
      if (!server.orElseThrow().isAlive()) {
        break;
      }
      pause();
    }
    throw new IllegalStateException(
        "sshd did not start: "
            + Files.readString(log())
            + Files.readString(directory().resolve("sshd.out")));
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sshd starts", e);
    }
  }

  private static void keygen(Path file) throws IOException {
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "initrunner-test", "-f", "" + file);
  }

  private static void run(String... command) throws IOException {
    int status = exitOf(command);
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", command) + " exited " + status);
    }
  }

  private static int exitOf(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    process.getInputStream().readAllBytes();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command[0], e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Path executable(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin";
    return Stream.of(path.split(":"))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException(name + " is not installed; run ./dev/test once"));
  }

  private static void deleteTree(Path root) {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
