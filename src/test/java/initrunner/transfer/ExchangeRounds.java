package initrunner.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.ChildJvm;
import initrunner.exec.TransportException;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.Relay;
import initrunner.ssh.SshdExtension;
import initrunner.ssh.client.SshTarget;
import initrunner.transfer.Rules.Deletion;
import initrunner.transfer.Rules.Direction;
import initrunner.transfer.Rules.Take;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Random edits on both sides of an exchange, and something that ends it at a random moment: a
/// signal for us, for the host's shells, a broken link. After each round every file is one of the
/// versions that there were, no edit is lost, and nothing of ours is left.
public final class ExchangeRounds {

  private static final int NAMES = 12;
  private static final int LARGE_BYTES = 9 << 20;
  private static final Rules RULES = new Rules(Direction.BOTH, Deletion.FOLLOWED, Take.NEITHER);

  private final SshdExtension sshd;
  private final Path directory;
  private final Path here;
  private final Path there;
  private final Random random;

  /// What the last exchange left on both sides.
  private Map<String, String> before = Map.of();

  /// Ways to end an exchange.
  private enum Fault {
    NONE,
    OUR_PROCESS,
    ITS_SHELLS,
    THE_LINK,
    AN_INTERRUPT
  }

  public ExchangeRounds(SshdExtension sshd, Path directory, long seed) throws IOException {
    this.sshd = sshd;
    this.directory = directory;
    this.here = Files.createDirectories(directory.resolve("here"));
    this.there = Files.createDirectories(directory.resolve("there"));
    this.random = new Random(seed);
  }

  /// A process that makes one exchange.
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    SshTarget target =
        new SshTarget(
            SshdExtension.HOST,
            Optional.empty(),
            Optional.of(Path.of(arguments[1])),
            Duration.ofSeconds(10),
            "1s");
    try (OpenSshTransport transport = new OpenSshTransport(target)) {
      exchange(transport, directory);
    }
  }

  private static TransferReport exchange(OpenSshTransport transport, Path directory) {
    Exchange exchange =
        new Exchange(transport, "rounds", Optional.empty(), directory.resolve("states"));
    return exchange.run(
        new Exchange.Trees(
            directory.resolve("here"),
            directory.resolve("there").toString(),
            Selection.of(List.of())),
        RULES,
        Progress.NONE);
  }

  /// Makes so many rounds.
  public void run(int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (int edit = random.nextInt(8); edit >= 0; edit--) {
        edit(here);
        edit(there);
      }
      Map<String, String> hereBefore = Trees.of(here);
      Map<String, String> thereBefore = Trees.of(there);
      if (hereBefore.isEmpty() || thereBefore.isEmpty()) {
        // A side on which all is gone has removed nothing.
        before = Map.of();
      }
      Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
      String what = "round " + round + ", " + fault;
      disturbed(fault);
      assertOneOfTheVersions(what, hereBefore, thereBefore);
      TransferReport last = undisturbed();
      assertNothingIsLost(what, hereBefore, thereBefore, last);
      assertNothingIsLeft(what);
      remember();
    }
  }

  // Edits.

  private void edit(Path root) throws IOException {
    String name = "f" + random.nextInt(NAMES);
    Path directoryOf = random.nextBoolean() ? root : root.resolve("d" + random.nextInt(3));
    Path file = directoryOf.resolve(name);
    switch (random.nextInt(10)) {
      case 0, 1 -> Files.deleteIfExists(file);
      case 2 -> {
        Files.createDirectories(directoryOf);
        Files.deleteIfExists(file);
        Files.createSymbolicLink(file, Path.of("f" + random.nextInt(NAMES)));
      }
      case 3 -> {
        if (Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          Files.setPosixFilePermissions(
              file,
              PosixFilePermissions.fromString(random.nextBoolean() ? "rwxr-xr-x" : "rw-------"));
        }
      }
      case 4 -> write(directoryOf, file, new byte[random.nextInt(12) == 0 ? LARGE_BYTES : 70_000]);
      default -> write(directoryOf, file, new byte[random.nextInt(5000)]);
    }
  }

  private void write(Path directoryOf, Path file, byte[] content) throws IOException {
    random.nextBytes(content);
    Files.createDirectories(directoryOf);
    Files.deleteIfExists(file);
    Files.write(file, content);
  }

  // Faults.

  private void disturbed(Fault fault) throws Exception {
    switch (fault) {
      case NONE -> {}
      case OUR_PROCESS -> killOurProcess();
      case ITS_SHELLS -> killShells();
      case THE_LINK -> cutTheLink();
      case AN_INTERRUPT -> interrupt();
    }
  }

  private void killOurProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"),
                    ExchangeRounds.class.getName(),
                    directory.toString(),
                    sshd.configFile().toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(300 + random.nextInt(900), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
    sshd.awaitNoClients();
    while (!sshd.sessions().isEmpty()) {
      Thread.sleep(10);
    }
  }

  private void killShells() throws Exception {
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      transport.open();
      Thread killer =
          Thread.ofVirtual()
              .start(() -> {
                pause(random.nextInt(60));
                sshd.sessions().stream()
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .filter(each ->
                        each.info().command().orElse("").matches(".*/(sh|dash|bash|tar|cat)"))
                    .forEach(ProcessHandle::destroyForcibly);
              });
      attempt(transport);
      killer.join();
    }
  }

  private static void pause(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cutTheLink() throws Exception {
    try (Relay relay = new Relay(sshd.port(), Duration.ZERO);
        OpenSshTransport transport = new OpenSshTransport(sshd.targetVia(relay.port()))) {
      transport.open();
      relay.cutAfter(random.nextInt(random.nextBoolean() ? 400_000 : 20_000));
      attempt(transport);
    }
  }

  private void interrupt() throws Exception {
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      transport.open();
      Thread thread = Thread.ofPlatform().start(() -> attempt(transport));
      thread.join(random.nextInt(80));
      thread.interrupt();
      thread.join();
    }
  }

  private void attempt(OpenSshTransport transport) {
    try {
      var _ = exchange(transport, directory);
    } catch (TransferException | TransportException expected) {
      // That it says so is all that it can do.
    }
  }

  private TransferReport undisturbed() {
    try (OpenSshTransport transport = new OpenSshTransport(sshd.target())) {
      return exchange(transport, directory);
    }
  }

  // What must hold.

  private void assertOneOfTheVersions(
      String what, Map<String, String> hereBefore, Map<String, String> thereBefore)
      throws IOException {
    for (Path root : List.of(here, there)) {
      Map<String, String> now = Trees.of(root);
      now.keySet().removeIf(name -> name.startsWith(Selection.OWN));
      now.forEach((name, version) ->
          assertThat(version)
              .as(what + ": " + name)
              .isIn(hereBefore.getOrDefault(name, "?"), thereBefore.getOrDefault(name, "?")));
    }
  }

  private void assertNothingIsLost(
      String what,
      Map<String, String> hereBefore,
      Map<String, String> thereBefore,
      TransferReport last)
      throws IOException {
    Map<String, String> hereNow = Trees.of(here);
    Map<String, String> thereNow = Trees.of(there);
    Set<String> conflicts =
        last.conflicts().stream().map(TransferReport.Difference::name).collect(Collectors.toSet());
    Set<String> names = new TreeSet<>(hereBefore.keySet());
    names.addAll(thereBefore.keySet());
    names.addAll(before.keySet());
    for (String name : names) {
      Optional<String> ours = Optional.ofNullable(hereBefore.get(name));
      Optional<String> theirs = Optional.ofNullable(thereBefore.get(name));
      Optional<String> base = Optional.ofNullable(before.get(name));
      List<Optional<String>> now =
          List.of(Optional.ofNullable(hereNow.get(name)), Optional.ofNullable(thereNow.get(name)));
      boolean isDirectory = Stream.of(ours, theirs).anyMatch(it -> it.orElse("").startsWith("dir"));
      if (!isDirectory) {
        assertThat(now)
            .as("%s: %s was %s and %s, before %s", what, name, ours, theirs, base)
            .isEqualTo(expected(ours, theirs, base));
        if (!now.get(0).equals(now.get(1))) {
          assertThat(conflicts).as(what).contains(name);
        }
      }
    }
  }

  private static List<Optional<String>> expected(
      Optional<String> ours, Optional<String> theirs, Optional<String> base) {
    if (ours.equals(base)) {
      return List.of(theirs, theirs);
    }
    return theirs.equals(base) ? List.of(ours, ours) : List.of(ours, theirs);
  }

  private void assertNothingIsLeft(String what) throws IOException {
    for (Path root : List.of(here, there)) {
      try (Stream<Path> files = Files.list(root)) {
        assertThat(files.filter(file -> file.getFileName().toString().startsWith(Selection.OWN)))
            .as(what)
            .isEmpty();
      }
    }
  }

  private void remember() throws IOException {
    Map<String, String> same = new TreeMap<>(Trees.of(here));
    Map<String, String> theirs = Trees.of(there);
    List<String> differ = new ArrayList<>();
    same.forEach((name, version) -> {
      if (!version.equals(theirs.get(name))) {
        differ.add(name);
      }
    });
    Set<String> conflicts = new TreeSet<>(differ);
    theirs.keySet().stream().filter(name -> !same.containsKey(name)).forEach(conflicts::add);
    for (String name : conflicts) {
      Optional.ofNullable(before.get(name))
          .ifPresentOrElse(version -> same.put(name, version), () -> same.remove(name));
    }
    before = same;
  }
}
