package initrunner.cli.run;

import initrunner.model.RunEvent;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The calls of a session in the order of their starts, the first being number 1. It keeps the
/// results of the newest. Safe for many threads: this object is the lock.
public final class SessionCalls implements Consumer<RunEvent> {

  private static final int MOST_RESULTS = 100;

  /// A call.
  ///
  /// @param end empty while the call runs, or where its result is not kept any more
  public record Made(ToolCall call, Optional<End> end) {}

  /// How a call ended.
  public record End(ToolResult result, Duration duration) {

    /// In a few words.
    public String text() {
      return CallText.brief(result) + ", " + CallText.seconds(duration);
    }
  }

  private final List<Made> calls = new ArrayList<>();

  @Override
  public synchronized void accept(RunEvent event) {
    switch (event) {
      case RunEvent.ToolStarted(ToolCall call) -> started(new Made(call, Optional.empty()));
      case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration duration) -> {
        int index = calls.lastIndexOf(new Made(call, Optional.empty()));
        if (index >= 0) {
          calls.set(index, new Made(call, Optional.of(new End(result, duration))));
        }
      }
      case RunEvent.TextDelta _, RunEvent.TurnEnded _, RunEvent.Notice _ -> {}
    }
  }

  private void started(Made made) {
    calls.add(made);
    int forgotten = calls.size() - MOST_RESULTS - 1;
    if (forgotten >= 0) {
      calls.set(forgotten, new Made(calls.get(forgotten).call(), Optional.empty()));
    }
  }

  /// How many have started.
  public synchronized int size() {
    return calls.size();
  }

  /// The call of a number; empty if there is none.
  public synchronized Optional<Made> number(int number) {
    return number < 1 || number > calls.size()
        ? Optional.empty()
        : Optional.of(calls.get(number - 1));
  }
}
