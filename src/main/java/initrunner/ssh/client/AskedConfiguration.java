package initrunner.ssh.client;

import initrunner.exec.transport.Uninterrupted;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// A question to `ssh -G` that one thread asks and another needs the answer of.
///
/// Safe for many threads.
public final class AskedConfiguration {

  private final SshTarget target;
  private final FutureTask<SshConfiguration.Read> answer;

  public AskedConfiguration(SshClient newest, Path controlPath) {
    target = newest.target();
    answer =
        new FutureTask<>(() ->
            newest
                .target()
                .known()
                .map(known -> new SshConfiguration.Read(newest, known))
                .orElseGet(() -> SshConfiguration.read(newest, controlPath)));
  }

  /// Asks, unless another thread has. Blocks while `ssh` runs; an interrupt ends it, and is the
  /// answer then.
  public void ask() {
    answer.run();
  }

  /// Whether the answer is there without a process.
  public boolean isKnown() {
    return target.known().isPresent();
  }

  public boolean isAnswered() {
    return answer.isDone();
  }

  /// The answer. Blocks until it is there.
  ///
  /// @throws TransportException if the configuration cannot be used, or the thread is interrupted
  ///   (whose flag stays set)
  public SshConfiguration.Read await() {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(target);
    } catch (ExecutionException e) {
      throw Uninterrupted.unchecked(e);
    }
  }
}
