package initrunner.ssh.client;

import initrunner.exec.transport.SearchPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What many hosts stand for, asked with few processes, and kept for the logins that follow at
/// once: they ask no second time. Safe for many threads.
public final class SshDestinations {

  private static final int HOSTS_OF_A_PROCESS = 25;
  private static final Duration BOUND = Duration.ofSeconds(30);

  private static final String HOST = "initrunner-host ";
  private static final String FAILED = "initrunner-failed";

  /// Each answer is taken once, by the next login to its target.
  private static final Map<SshTarget, SshConfiguration> ANSWERS = new ConcurrentHashMap<>();

  private SshDestinations() {}

  /// The answers about targets that differ in their hosts only; none for a host about which `ssh
  /// -G` fails. Each is kept for one login, which has to follow. Blocks while `ssh` runs.
  ///
  /// @throws TransportException if there is no `ssh`
  /// @throws InterruptedException if this thread is interrupted
  public static Map<SshTarget, SshDestination> ahead(List<SshTarget> targets)
      throws InterruptedException {
    Map<SshTarget, SshDestination> found = new HashMap<>();
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService asking =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("initrunner-resolve").factory());
    try {
      List<Future<Map<SshTarget, SshConfiguration>>> parts = new ArrayList<>();
      for (int from = 0; from < targets.size(); from += HOSTS_OF_A_PROCESS) {
        int to = Math.min(targets.size(), from + HOSTS_OF_A_PROCESS);
        List<SshTarget> part = List.copyOf(targets.subList(from, to));
        parts.add(asking.submit(() -> ask(part)));
      }
      for (Future<Map<SshTarget, SshConfiguration>> part : parts) {
        part.get()
            .forEach((target, configuration) -> {
              ANSWERS.put(target, configuration);
              found.put(target, configuration.destination());
            });
      }
      return found;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } finally {
      asking.shutdownNow();
    }
  }

  private static Map<SshTarget, SshConfiguration> ask(List<SshTarget> targets) {
    SshClient client = new SshClient(targets.getFirst(), SearchPath.own());
    List<String> options = SshConfiguration.question(client, Path.of("none"));
    List<String> hosts = targets.stream().map(SshTarget::host).toList();
    String said = client.runForEach(options, hosts, HOST, FAILED, BOUND);
    Map<SshTarget, SshConfiguration> found = new HashMap<>();
    String[] answers = said.split("(?m)^" + HOST, -1);
    for (int at = 1; at < answers.length && at <= targets.size(); at++) {
      if (!answers[at].contains("\n" + FAILED)) {
        found.put(targets.get(at - 1), SshConfiguration.parse(answers[at]));
      }
    }
    return found;
  }

  /// Whether the answer for a login is there.
  static boolean isKnown(SshTarget target) {
    return ANSWERS.containsKey(target);
  }

  /// The answer for a login.
  static Optional<SshConfiguration> take(SshTarget target) {
    return Optional.ofNullable(ANSWERS.remove(target));
  }
}
