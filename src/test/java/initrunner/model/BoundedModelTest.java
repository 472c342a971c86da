package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.role.model.ModelSettings.Concurrency;
import initrunner.tool.Tool;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedModelTest {

  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final Semaphore answers = new Semaphore(0);

  /// Answers when the test lets it.
  private final class Waiting implements Model {

    @Override
    public String provider() {
      return "none";
    }

    @Override
    public String name() {
      return "m";
    }

    @Override
    public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
        throws InterruptedException {
      most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      try {
        answers.acquire();
      } finally {
        underWay.decrementAndGet();
      }
      return new Turn("ok", List.of(), Turn.Finish.COMPLETE, Usage.NONE);
    }
  }

  private static Thread asking(Model model) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                model.next(List.of(), List.of(), _ -> {});
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  @Test
  void oneRequestAfterTheOtherIsMadeWhereOneMayBeUnderWay() throws Exception {
    Model model =
        new BoundedModel(new Waiting(), new Concurrency(1, Optional.empty(), Optional.empty()));
    List<Thread> threads = List.of(asking(model), asking(model), asking(model));
    answers.release(threads.size());
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(most).hasValue(1);
  }

  @Test
  void modelsWithOneWordShareTheirBoundAndOthersDoNot() throws Exception {
    Optional<String> word = Optional.of("shared-by-two-models-of-a-test");
    Concurrency shared = new Concurrency(1, Optional.of(0), word);
    Concurrency own = new Concurrency(1, Optional.of(0), Optional.empty());
    Model other = new BoundedModel(new Waiting(), shared);
    List<Thread> threads =
        List.of(
            asking(new BoundedModel(new Waiting(), shared)),
            asking(new BoundedModel(new Waiting(), own)),
            asking(new BoundedModel(new Waiting(), own)));

    assertThatThrownBy(() -> other.next(List.of(), List.of(), _ -> {}))
        .hasMessage(
            "1 requests to none:m are under way and 0 wait already (spec.model.concurrency)");
    answers.release(threads.size() + 1);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(other.next(List.of(), List.of(), _ -> {}).text()).isEqualTo("ok");
  }
}
