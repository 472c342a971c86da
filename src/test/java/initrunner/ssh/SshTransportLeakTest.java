package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Many calls, many of which time out: nothing of them stays on either side.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SshTransportLeakTest {

  private static final int CALLS = 150;
  private static final int CALLERS = 15;

  /// `sleep` obeys TERM at once. The proof of a stop may take longer than the grace by a fixed
  /// time, so a long grace gives a slow machine time for it.
  private static final Duration GRACE = Duration.ofSeconds(30);

  /// Seconds for `sleep` that no other process of this machine sleeps.
  private static final String UNLIKE_OTHERS = "4711." + ProcessHandle.current().pid();

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 200");

  @TempDir private Path directory;

  /// What this process holds.
  private record Held(long files, long threads, List<Path> directories) {}

  private static void call(int count) throws Exception {
    try (SshTransport transport = new SshTransport(sshd.target());
        ExecutorService callers =
            Executors.newFixedThreadPool(CALLERS, Thread.ofVirtual().factory())) {
      transport.open();
      List<Future<Ended>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        boolean hangs = i % 3 == 0;
        Command command =
            hangs ? Command.of("sleep", UNLIKE_OTHERS) : Command.of("sh", "-c", "exit " + i % 100);
        Duration timeout = hangs ? Duration.ofMillis(1500) : Duration.ofSeconds(50);
        Limits limits = new Limits(Optional.of(timeout), GRACE);
        calls.add(callers.submit(() -> transport.run(command, limits, new Captured(10)).ended()));
      }
      for (int i = 0; i < count; i++) {
        if (i % 3 == 0) {
          assertThat(endOf(calls.get(i))).isIn(new TimedOut(Stop.STOPPED), Kind.SESSION_LIMIT);
        } else {
          assertThat(endOf(calls.get(i))).isEqualTo(new Exited(i % 100));
        }
      }
      assertThat(sshd.clients()).hasSize(1);
    }
  }

  /// On a busy machine, a call's time may be up before it has a session: then nothing was started.
  private static Object endOf(Future<Ended> call) throws InterruptedException {
    try {
      return call.get();
    } catch (ExecutionException e) {
      return e.getCause() instanceof TransportException refusal ? refusal.kind() : e;
    }
  }

  @Test
  void ofManyCallsEveryThirdTimesOutAndNothingIsLeftBehind() throws Exception {
    // The first calls of a process make what it keeps for good: pollers, carriers, classes.
    call(CALLERS);
    Held before = held();
    call(CALLS);
    sshd.awaitNoClients();
    while (!sshd.sessions().isEmpty()) {
      Thread.sleep(10);
    }
    assertThat(commandsLeft()).isEmpty();
    Held after = held();
    // What has ended takes a moment to be gone.
    for (int i = 0; i < 1000 && !isWithin(after, before); i++) {
      Thread.sleep(10);
      after = held();
    }
    assertThat(isWithin(after, before)).as(after + " beside " + before).isTrue();
  }

  private static boolean isWithin(Held after, Held before) {
    return after.files() <= before.files()
        && after.threads() <= before.threads()
        && after.directories().equals(before.directories());
  }

  private static List<Long> commandsLeft() {
    return ProcessHandle.allProcesses()
        .filter(each ->
            each.info().arguments().filter(all -> List.of(all).contains(UNLIKE_OTHERS)).isPresent())
        .map(ProcessHandle::pid)
        .toList();
  }

  private Held held() throws IOException {
    return new Held(openFiles(), threads(), PrivateDirectories.of(ProcessHandle.current().pid()));
  }

  /// Sockets, pipes, selectors and the like; not the jars that classes come from.
  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(file -> !kindOf(file).startsWith("/")).count();
    }
  }

  private static String kindOf(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException gone) {
      return "/";
    }
  }

  /// Those of the engine, virtual ones included, as a dump shows them.
  private long threads() throws IOException {
    Path dump = directory.resolve("threads.txt");
    Files.deleteIfExists(dump);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    String[] threads = Files.readString(dump).split("\n\n", -1);
    return Stream.of(threads)
        .filter(each -> each.contains("initrunner.ssh.") || each.contains("initrunner.exec."))
        .count();
  }
}
