package initrunner.audit.story;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes calls of events in the order of recording: a start is held until its end comes. For one
/// thread.
final class CallPairs {

  private final Map<String, StoredEvent> open = new LinkedHashMap<>();

  /// The call that ends with this event; empty for every other event.
  Optional<StoredCall> next(StoredEvent event) {
    String call = event.run() + " " + event.text("call");
    if (event.type().equals(StoredEvent.START)) {
      open.put(call, event);
      return Optional.empty();
    }
    if (!event.type().equals(StoredEvent.EXEC)) {
      return Optional.empty();
    }
    Optional<StoredEvent> start = Optional.ofNullable(open.remove(call));
    return Optional.of(event.call(start.map(StoredEvent::begin).orElseGet(event::begin)));
  }

  /// The calls without an end, in the order of their starts.
  List<StoredCall> open() {
    return open.values().stream().map(start -> start.call(start.begin())).toList();
  }
}
