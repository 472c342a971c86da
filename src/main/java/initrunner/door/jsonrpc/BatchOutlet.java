package initrunner.door.jsonrpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps the answers to the requests of one list until all are there, and sends them as one list.
/// Safe for many threads.
final class BatchOutlet implements Outlet {

  private final Outlet outlet;
  private final List<Json> answers = new ArrayList<>();
  private int missing;

  /// @param missing how many answers there will be
  BatchOutlet(Outlet outlet, int missing) {
    this.outlet = outlet;
    this.missing = missing;
  }

  @Override
  public void send(Json.Obj message) {
    outlet.send(message);
  }

  @Override
  public void end(Optional<Json> answer) {
    if (isLast(answer)) {
      outlet.end(answers.isEmpty() ? Optional.empty() : Optional.of(new Json.Arr(answers)));
    }
  }

  private synchronized boolean isLast(Optional<Json> answer) {
    answer.ifPresent(answers::add);
    missing--;
    return missing == 0;
  }
}
