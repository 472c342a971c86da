package initrunner.cli;

import initrunner.model.RunEvent;
import initrunner.runtime.OutputWatcher;
import java.util.Optional;
import java.util.function.Consumer;

/// What shows a run while it goes on. To be closed at its end.
///
/// @param events takes what happens in the run
/// @param output takes what its commands print
/// @param live shows both on a terminal; empty where nothing is written over
record RunScreen(Consumer<RunEvent> events, OutputWatcher output, Optional<SessionView> live)
    implements AutoCloseable {

  static RunScreen ofEvents(Consumer<RunEvent> events) {
    return new RunScreen(events, OutputWatcher.NONE, Optional.empty());
  }

  static RunScreen live(SessionView view) {
    return new RunScreen(view, view::output, Optional.of(view));
  }

  @Override
  public void close() {
    live.ifPresent(SessionView::close);
  }
}
