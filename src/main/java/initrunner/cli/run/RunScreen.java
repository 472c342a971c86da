package initrunner.cli.run;

import initrunner.model.RunEvent;
import initrunner.runtime.OutputWatcher;
import java.util.Optional;
import java.util.function.Consumer;

/// Shows a run while it goes on. Close it at the run's end.
///
/// @param events takes the run's events
/// @param output takes the output of its commands
/// @param live shows both on a terminal; empty if no line is written over
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
