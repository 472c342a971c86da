package initrunner.cli.look;

import initrunner.audit.story.CallText;
import initrunner.audit.story.StoredCall;
import initrunner.cli.console.Screen;
import initrunner.cli.console.Screen.Span;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.text.SafeText;
import java.util.List;

/// Prints calls one by one, each on a line that fits a terminal. For one thread.
final class CallLines {

  /// For what is no terminal.
  static final int UNBOUNDED = Integer.MAX_VALUE / 2;

  private static final int RUN_CHARACTERS = 8;
  private static final int PLACE_COLUMNS = 16;
  private static final int DOOR_COLUMNS = 11;
  private static final int LEAST_WHAT = 12;

  private final Screen screen;
  private final int most;

  /// @param most columns of the terminal
  CallLines(Screen screen, int most) {
    this.screen = screen;
    this.most = most;
  }

  void print(StoredCall call) {
    Style style = call.isSuccess() ? Style.GOOD : call.end().isEmpty() ? Style.CALL : Style.BAD;
    String end =
        call.end()
            .map(how -> CallText.end(call) + " " + Amounts.time(how.duration()))
            .orElse("started");
    String before =
        StoryText.time(call.begin())
            + " "
            + padded(SafeText.exact(StoryText.place(call.place())), PLACE_COLUMNS)
            + " "
            + padded(SafeText.exact(call.asker().door()), DOOR_COLUMNS)
            + " "
            + padded(SafeText.exact(RunsCommand.first(call.runId())), RUN_CHARACTERS)
            + " ";
    int rest = most - TerminalLook.columnsOf(before) - 1;
    String ended =
        TerminalLook.cut(
            SafeText.exact(end), Math.max(LEAST_WHAT, Math.min(most / 3, rest - LEAST_WHAT)));
    int room = Math.max(LEAST_WHAT, rest - TerminalLook.columnsOf(ended));
    screen.line(
        List.of(
                new Span(Style.QUIET, before),
                Span.plain(TerminalLook.cut(what(call), room)),
                Span.plain(" "),
                new Span(style, ended))
            .toArray(Span[]::new));
  }

  private static String what(StoredCall call) {
    return SafeText.exact(StoryText.what(call))
        + call.what().arguments().map(arguments -> " " + SafeText.exact(arguments)).orElse("");
  }

  /// Nothing is cut in a pipe.
  private String padded(String text, int columns) {
    String cut = most == UNBOUNDED ? text : TerminalLook.cut(text, columns);
    return cut + " ".repeat(Math.max(0, columns - TerminalLook.columnsOf(cut)));
  }
}
