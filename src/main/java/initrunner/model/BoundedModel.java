package initrunner.model;

import initrunner.role.model.ModelSettings.Concurrency;
import initrunner.tool.Tool;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// A model with a bound on the requests that this process has under way at once; further ones wait.
/// Safe for many threads.
public final class BoundedModel extends ModelDecorator {

  private static final ConcurrentMap<String, Semaphore> SHARED = new ConcurrentHashMap<>();

  private final Concurrency bound;
  private final Semaphore running;

  public BoundedModel(Model model, Concurrency bound) {
    super(model);
    this.bound = bound;
    this.running =
        bound
            .share()
            .map(word -> SHARED.computeIfAbsent(word, _ -> new Semaphore(bound.maxRunning(), true)))
            .orElseGet(() -> new Semaphore(bound.maxRunning(), true));
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    if (!running.tryAcquire()) {
      int mostWaiting = bound.maxQueued().orElse(Integer.MAX_VALUE);
      if (running.getQueueLength() >= mostWaiting) {
        throw new ModelException(
            ModelException.Kind.QUEUE_FULL,
            "%s requests to %s:%s are under way and %s wait already (spec.model.concurrency)"
                .formatted(bound.maxRunning(), provider(), name(), mostWaiting),
            "Raise spec.model.concurrency.max_running or max_queued, or run it again later.");
      }
      running.acquire();
    }
    try {
      return model.next(conversation, tools, events);
    } finally {
      running.release();
    }
  }
}
