package initrunner.cli.run;

import initrunner.cli.console.Console;
import initrunner.cli.console.Screen;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.console.TextOutput;
import initrunner.cli.markdown.AnswerText;
import initrunner.model.RunEvent;
import initrunner.runtime.RoleRuntime;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Shows a run to a person while it goes on: the model's text on standard output, and one line on
/// standard error for each start and end of a tool call; each only where a person watches. The
/// terminal obeys no text of a model or a command. Takes one event at a time.
public final class RunView implements Consumer<RunEvent> {

  private static final int MOST_CHARACTERS = 160;

  private final Screen out;
  private final TextOutput err;
  private final Optional<AnswerText> written;
  private final boolean showsCalls;
  private final ShownCalls calls;
  private final List<ToolCall> running = new ArrayList<>();

  public RunView(Console console, RoleRuntime runtime) {
    TerminalLook look = TerminalLook.of(console);
    this.out = console.out().screen(look);
    this.err = console.err();
    this.written =
        console.output() == Console.Output.TERMINAL
            ? Optional.of(new AnswerText(look))
            : Optional.empty();
    this.showsCalls = console.errorOutput() == Console.Output.TERMINAL;
    this.calls = new ShownCalls(runtime);
  }

  @Override
  public void accept(RunEvent event) {
    switch (event) {
      case RunEvent.TextDelta(String text) -> text(text);
      case RunEvent.TurnEnded() -> endText();
      case RunEvent.ToolStarted(ToolCall call) -> started(call);
      case RunEvent.ToolEnded(ToolCall call, ToolResult result, Duration duration) ->
          ended(call, result, duration);
      case RunEvent.Notice notice -> line("… " + notice.text());
    }
  }

  private void text(String text) {
    written.ifPresent(answer -> answer.add(text).forEach(out::line));
  }

  /// What the model wrote so far is all of a text.
  void endText() {
    written.ifPresent(answer -> answer.end().forEach(out::line));
  }

  private void started(ToolCall call) {
    running.add(call);
    line(calls.start(call) + call.summary());
  }

  private void ended(ToolCall call, ToolResult result, Duration duration) {
    boolean alone = running.size() == 1;
    running.remove(call);
    String which = alone ? "" : call.summary() + ": ";
    String mark = result.status() == ToolResult.Status.SUCCEEDED ? "✓ " : "✗ ";
    line(mark + which + CallText.end(result) + ", " + CallText.seconds(duration));
  }

  private void line(String text) {
    if (!showsCalls) {
      return;
    }
    endText();
    String visible = SafeText.oneLine(text).strip();
    err.println(SafeText.cut(visible, MOST_CHARACTERS));
  }
}
