package initrunner.ssh;

import initrunner.exec.Captured;
import initrunner.exec.ChildJvm;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshTarget;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A process of its own that makes calls while it has no file descriptor or no memory for buffers
/// left, and says how each of them ended, a line for each.
final class ExhaustedProcess {

  private static final int MOST_FILES = 160;
  private static final int CALLS = 8;
  private static final long STACK_KIBIBYTES = 512 * 1024;

  /// Where the client's configuration has these sent, there is no room for a long command beside.
  static final String SENT_VARIABLES = "INITRUNNER_TEST_SENT_*";

  private final SshTarget target;
  private final Path goOn;

  private ExhaustedProcess(SshTarget target, Path goOn) {
    this.target = target;
    this.goOn = goOn;
  }

  /// Makes the calls.
  ///
  /// @param args what to do, the client's configuration, and a file that a call may wait for
  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    SshTarget usual = SshTarget.of(SshdExtension.HOST);
    SshTarget target =
        new SshTarget(
            usual.host(),
            usual.identityFile(),
            Optional.of(Path.of(args[1])),
            usual.connectTimeout(),
            "60s");
    loadAll();
    ExhaustedProcess process = new ExhaustedProcess(target, Path.of(args[2]));
    switch (args[0]) {
      case "after-login" -> process.callAfterLogin();
      case "before-login" -> process.callBeforeLogin();
      case "buffers" -> process.callWithoutBuffers();
      case "heap" -> process.callWithoutHeap();
      case "local-threads" -> runWithoutThreads();
      case "threads" -> process.callWithoutThreads();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /// What the product has in one file that is open always is here in a file for each class.
  private static void loadAll() throws IOException {
    Path root =
        Path.of(SshTransport.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    for (String name : List.of("initrunner/ssh", "initrunner/exec", "initrunner/text")) {
      Files.walkFileTree(
          root.resolve(name),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String path = root.relativize(file).toString();
              if (path.endsWith(".class")) {
                load(path.substring(0, path.lastIndexOf('.')).replace('/', '.'));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /// More calls than there are sockets: those that have one wait for the others' end.
  private void callAfterLogin() throws Exception {
    try (SshTransport transport = new SshTransport(target);
        CallsInFlight calls = new CallsInFlight()) {
      // What a virtual thread needs to wait for a socket, the JVM makes when the first one does.
      var _ = CallsInFlight.ends(calls.begin(transport, 2, "sleep 0.3; exit 3"));
      List<FileInputStream> all = takeAll();
      List<Future<Object>> during = new ArrayList<>();
      List<CountDownLatch> known = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        CountDownLatch each = new CountDownLatch(1);
        known.add(each);
        during.add(calls.submit(() -> waitingCall(transport, each)));
      }
      for (CountDownLatch each : known) {
        each.await();
      }
      Files.createDirectory(goOn);
      for (Future<Object> each : during) {
        say(each.get());
      }
      say("one by one");
      say(end(transport));
      say(end(transport));
      close(all);
      say("all at once");
      for (Ended each : CallsInFlight.ends(calls.begin(transport, CALLS, "exit 6"))) {
        say(each);
      }
    }
  }

  private Object waitingCall(Transport transport, CountDownLatch known) {
    String script = "echo go; until [ -e " + goOn + " ]; do sleep 0.1; done; exit 4";
    try {
      return transport
          .run(
              Command.of("sh", "-c", script),
              Limits.timeout(Duration.ofSeconds(30)),
              CallsInFlight.onOutput(known::countDown))
          .ended();
    } catch (TransportException e) {
      return told(e);
    } finally {
      known.countDown();
    }
  }

  private void callBeforeLogin() throws Exception {
    try (OpenSshTransport transport = new OpenSshTransport(target)) {
      List<FileInputStream> all = takeAll();
      say(end(transport));
      close(all);
      say(end(transport));
    }
  }

  /// One more of each than a host gets connections.
  private void callWithoutBuffers() {
    try (SshTransport transport = new SshTransport(target)) {
      for (int i = 0; i < 5; i++) {
        say(end(transport));
        List<ByteBuffer> all = takeAllBuffers();
        say(end(transport, Command.of("true", "x".repeat(90_000))));
        all.clear();
      }
      say(end(transport));
    }
  }

  private void callWithoutHeap() {
    try (SshTransport transport = new SshTransport(target)) {
      for (int i = 0; i < 5; i++) {
        say(end(transport));
        // It becomes five times as long, and is copied.
        say(end(transport, Command.of("true", "'".repeat(8_000_000))));
      }
      say(end(transport));
    }
  }

  /// A thread's stack does not fit into what is left of the address space; all else does.
  private void callWithoutThreads() throws Exception {
    try (SshTransport transport = new SshTransport(target)) {
      limitAddressSpace();
      try {
        transport.begin();
        say("begun");
      } catch (OutOfMemoryError e) {
        say("no thread");
      }
      say(end(transport));
      unlimitAddressSpace();
      say(end(transport));
    }
  }

  /// The same for a command of this machine, which would run for long.
  private static void runWithoutThreads() throws Exception {
    try (LocalTransport transport = new LocalTransport(System.getenv())) {
      say(end(transport));
      limitAddressSpace();
      say(end(transport, Command.of("sleep", "600")));
      unlimitAddressSpace();
      for (ProcessHandle child : ProcessHandle.current().children().toList()) {
        child.onExit().get(30, TimeUnit.SECONDS);
      }
      say("no child");
      say(end(transport));
    }
  }

  private static long addressSpaceKibibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmSize:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /// Leaves room for what the JVM itself takes, not for one more thread of Java.
  private static void limitAddressSpace() throws Exception {
    // Starting a program the first time takes a thread and memory of its own.
    unlimitAddressSpace();
    long kibibytes = addressSpaceKibibytes() + STACK_KIBIBYTES / 2;
    prlimit("--as=" + kibibytes * 1024 + ":");
  }

  private static void unlimitAddressSpace() throws Exception {
    prlimit("--as=unlimited:");
  }

  private static void prlimit(String limit) throws Exception {
    String own = Long.toString(ProcessHandle.current().pid());
    if (new ProcessBuilder("prlimit", "--pid", own, limit).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("prlimit " + limit);
    }
  }

  private static List<ByteBuffer> takeAllBuffers() {
    List<ByteBuffer> taken = new ArrayList<>();
    try {
      while (true) {
        taken.add(ByteBuffer.allocateDirect(16 * 1024));
      }
    } catch (OutOfMemoryError noneLeft) {
      return taken;
    }
  }

  private static Object end(Transport transport) {
    return end(transport, Command.of("sh", "-c", "exit 5"));
  }

  private static Object end(Transport transport, Command command) {
    try {
      return transport
          .run(command, Limits.timeout(Duration.ofSeconds(20)), new Captured(10))
          .ended();
    } catch (TransportException e) {
      return told(e);
    } catch (OutOfMemoryError e) {
      return "no memory";
    }
  }

  private static String told(TransportException e) {
    return e.kind() + ": " + e.getMessage() + ": " + e.remedy();
  }

  private static void say(Object end) {
    System.out.println(end);
  }

  private static List<FileInputStream> takeAll() {
    List<FileInputStream> taken = new ArrayList<>();
    try {
      while (true) {
        taken.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException noneLeft) {
      return taken;
    }
  }

  private static void close(List<FileInputStream> files) throws IOException {
    for (FileInputStream file : files) {
      file.close();
    }
  }

  /// What it says until its end.
  static List<String> run(String what, Path configuration, Path goOn) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", "ulimit -n " + MOST_FILES + " && exec \"$@\"", "initrunner-test"));
    command.addAll(
        ChildJvm.command(
            what.endsWith("threads")
                ? List.of(
                    "-Xmx64m", "-Xint", "-Xlog:disable", "-XX:ThreadStackSize=" + STACK_KIBIBYTES)
                : List.of("-Xmx64m", "-XX:MaxDirectMemorySize=4m"),
            ExhaustedProcess.class.getName(),
            what,
            configuration.toString(),
            goOn.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    for (int i = 0; i < 3; i++) {
      builder.environment().put(SENT_VARIABLES.replace("*", "" + i), "x".repeat(60_000));
    }
    // glibc reserves 64 MiB of address space for the first thread that allocates beside another.
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = builder.start();
    return process.inputReader().readAllLines();
  }
}
