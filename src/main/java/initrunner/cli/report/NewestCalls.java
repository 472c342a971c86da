package initrunner.cli.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The newest of many calls, and how many older ones there are. Texts that calls share are there
/// once. For one thread.
final class NewestCalls {

  private final int most;
  private final Deque<PageCall> kept = new ArrayDeque<>();
  private final Map<String, String> shared = new HashMap<>();
  private long left;

  NewestCalls(int most) {
    this.most = most;
  }

  /// Calls are added in the order of their ends.
  void add(PageCall call) {
    kept.add(call.sharing(text -> shared.computeIfAbsent(text, same -> same)));
    if (kept.size() > most) {
      kept.remove();
      left++;
    }
  }

  /// Adds what others kept, in any order.
  void addAll(NewestCalls others) {
    left += others.left;
    List<PageCall> all = new ArrayList<>(kept);
    all.addAll(others.kept);
    all.sort(Comparator.comparingLong(PageCall::timeMillis));
    int surplus = Math.max(0, all.size() - most);
    left += surplus;
    kept.clear();
    kept.addAll(all.subList(surplus, all.size()));
  }

  List<PageCall> oldestFirst() {
    return kept.stream().sorted(Comparator.comparingLong(PageCall::timeMillis)).toList();
  }

  long left() {
    return left;
  }
}
