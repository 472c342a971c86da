package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A transport whose callers take their time: a command that does not run beside another one is
/// given to it when a shell waits for it on the server, or none comes to.
final class ShellsAhead implements Transport {

  private static final int LOOKS = 5;

  private final SshTransport transport;
  private final SshdExtension sshd;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger found = new AtomicInteger();

  ShellsAhead(SshTransport transport, SshdExtension sshd) {
    this.transport = transport;
    this.sshd = sshd;
  }

  /// How many commands found a shell that waited.
  int found() {
    return found.get();
  }

  /// Process ids of the shells that wait for a command on this server.
  static List<Long> on(SshdExtension sshd) {
    return sshd.sessions().stream().filter(ShellsAhead::waits).toList();
  }

  /// Waits for one.
  static long await(SshdExtension sshd) {
    return await(sshd, Duration.ofSeconds(30)).orElseThrow();
  }

  /// The transport hears of a shell a little after it is there, so it has to be seen several times.
  private static Optional<Long> await(SshdExtension sshd, Duration bound) {
    long until = System.nanoTime() + bound.toNanos();
    Optional<Long> found = Optional.empty();
    int seen = 0;
    while (seen < LOOKS && System.nanoTime() < until) {
      LockSupport.parkNanos(5_000_000);
      List<Long> waiting = on(sshd);
      seen = found.filter(waiting::contains).isPresent() ? seen + 1 : 0;
      found = seen > 0 ? found : waiting.stream().findFirst();
    }
    return found;
  }

  private static boolean waits(long pid) {
    try {
      String commandLine = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
      return commandLine.contains("read -r initrunner_line") && !commandLine.contains("exec sh");
    } catch (IOException gone) {
      return false;
    }
  }

  @Override
  public CallScope call() {
    return transport.call();
  }

  @Override
  public Outcome run(CallScope call, Command command, Limits limits, Sink sink) {
    return transport.run(call, command, limits, sink);
  }

  @Override
  public Outcome run(Command command, Limits limits, Sink sink) {
    if (underWay.getAndIncrement() == 0) {
      found.addAndGet(await(sshd, Duration.ofMillis(500)).isPresent() ? 1 : 0);
    }
    try {
      return transport.run(command, limits, sink);
    } finally {
      underWay.decrementAndGet();
    }
  }

  @Override
  public void open() {
    transport.open();
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public void close() {
    transport.close();
  }
}
