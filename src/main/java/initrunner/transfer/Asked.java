package initrunner.transfer;

import initrunner.transfer.host.HostTree;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Waits for what another thread finds out. Stateless.
final class Asked {

  private Asked() {}

  /// The answer; its failure is thrown here. Blocks; an interrupt ends the wait, with the flag set
  /// again.
  static <T> T answer(FutureTask<T> question) throws HostTree.LostException {
    try {
      return question.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostTree.LostException("stopped");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case HostTree.LostException lost -> throw lost;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
