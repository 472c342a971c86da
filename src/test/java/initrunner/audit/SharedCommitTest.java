package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedCommitTest {

  private final BlockingQueue<List<Integer>> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> ends = new SynchronousQueue<>();
  private final SharedCommit<Integer> commits = new SharedCommit<>(this::commit);
  private final List<String> returned = new CopyOnWriteArrayList<>();

  /// Ends as the test says: well or not.
  private void commit(List<Integer> items) {
    begun.add(items);
    try {
      if (!ends.take()) {
        throw new AuditException("not committed", "Do something");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Thread> add(int from, int to) {
    List<Thread> threads = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      int item = i;
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              commits.add(item);
              returned.add(item + (Thread.interrupted() ? " interrupted" : ""));
            } catch (AuditException e) {
              returned.add(item + " " + e.getMessage() + " " + e.remedy());
            }
          }));
      int waiting = i - from + 1;
      while (commits.waiting() < waiting && begun.isEmpty()) {
        Thread.onSpinWait();
      }
    }
    return threads;
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void thoseThatComeDuringACommitAreCommittedTogetherInTheirOrder() throws Exception {
    List<Thread> first = add(1, 1);
    assertThat(begun.take()).containsExactly(1);
    List<Thread> next = add(2, 9);
    assertThat(returned).isEmpty();
    ends.put(true);
    join(first);
    assertThat(begun.take()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(returned).containsExactly("1");
    ends.put(true);
    join(next);
    assertThat(returned).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(begun).isEmpty();
  }

  @Test
  void aCommitThatFailsFailsForEachInItAndForNoOther() throws Exception {
    List<Thread> first = add(1, 1);
    assertThat(begun.take()).containsExactly(1);
    List<Thread> next = add(2, 3);
    ends.put(true);
    assertThat(begun.take()).containsExactly(2, 3);
    List<Thread> last = add(4, 5);
    ends.put(false);
    join(next);
    assertThat(begun.take()).containsExactly(4, 5);
    ends.put(true);
    join(first);
    join(last);
    assertThat(returned)
        .containsExactlyInAnyOrder(
            "1", "2 not committed Do something", "3 not committed Do something", "4", "5");
  }

  @Test
  void anInterruptNeitherEndsTheWaitNorIsLost() throws Exception {
    List<Thread> first = add(1, 1);
    assertThat(begun.take()).containsExactly(1);
    List<Thread> next = add(2, 3);
    next.getLast().interrupt();
    ends.put(true);
    assertThat(begun.take()).containsExactly(2, 3);
    ends.put(true);
    join(first);
    join(next);
    assertThat(returned).containsExactlyInAnyOrder("1", "2", "3 interrupted");
  }

  @Test
  void anErrorOfTheCommitLeavesTheNextOneAlone() {
    SharedCommit<String> failing =
        new SharedCommit<>(items -> {
          if (items.contains("wrong")) {
            throw new AssertionError("broken");
          }
        });
    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> failing.add("wrong"));
    failing.add("right");
  }
}
