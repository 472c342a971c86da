package initrunner.ssh.client;

import initrunner.exec.TransportException;
import initrunner.exec.transport.SearchPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What many hosts stand for, asked with few processes. Stateless.
public final class SshDestinations {

  private static final int HOSTS_OF_A_PROCESS = 25;
  private static final Duration BOUND = Duration.ofSeconds(30);

  private static final String HOST = "initrunner-host ";
  private static final String FAILED = "initrunner-failed";

  private SshDestinations() {}

  /// The answers; none for a host about which `ssh -G` fails, and none at all without an `ssh`.
  /// Blocks while `ssh` runs.
  ///
  /// @throws InterruptedException if this thread is interrupted
  public static Map<SshTarget, SshConfiguration> ask(List<SshTarget> targets)
      throws InterruptedException {
    Map<SshTarget, SshConfiguration> found = new HashMap<>();
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService asking =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("initrunner-resolve").factory());
    try {
      List<Future<Map<SshTarget, SshConfiguration>>> parts = new ArrayList<>();
      for (List<SshTarget> part : parts(targets)) {
        parts.add(asking.submit(() -> answers(part)));
      }
      for (Future<Map<SshTarget, SshConfiguration>> part : parts) {
        found.putAll(part.get());
      }
      return found;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } finally {
      asking.shutdownNow();
    }
  }

  /// Those of a part differ in their hosts only, so they are asked with the same options.
  private static List<List<SshTarget>> parts(List<SshTarget> targets) {
    Map<SshTarget, List<SshTarget>> alike = new LinkedHashMap<>();
    targets.forEach(each -> alike.computeIfAbsent(each.to(""), _ -> new ArrayList<>()).add(each));
    List<List<SshTarget>> parts = new ArrayList<>();
    for (List<SshTarget> all : alike.values()) {
      for (int from = 0; from < all.size(); from += HOSTS_OF_A_PROCESS) {
        parts.add(all.subList(from, Math.min(all.size(), from + HOSTS_OF_A_PROCESS)));
      }
    }
    return parts;
  }

  private static Map<SshTarget, SshConfiguration> answers(List<SshTarget> targets) {
    try {
      return askInTurn(targets);
    } catch (TransportException noAnswer) {
      return Map.of();
    }
  }

  private static Map<SshTarget, SshConfiguration> askInTurn(List<SshTarget> targets) {
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
}
