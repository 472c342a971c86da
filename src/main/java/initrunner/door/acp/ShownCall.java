package initrunner.door.acp;

import initrunner.door.jsonrpc.Json;
import initrunner.runtime.output.OutputLine;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One tool call, as an editor shows it (ACP v1, "Tool Calls"). Safe for many threads: this object
/// is the lock of what changes.
///
/// It names no `locations`: an editor would open the files of its own machine under these names.
final class ShownCall {

  /// Tools with one function, which the tool's name already tells.
  private static final Set<String> OF_ONE_FUNCTION = Set.of("shell", "python");

  /// Tools that run a program of the model; the output of the others is the raw form of the result.
  private static final Set<String> SHOWN_OUTPUT = Set.of("shell", "python", "script");

  private static final int MOST_TITLE_CHARACTERS = 200;
  private static final int MOST_LINES = 40;
  private static final int MOST_LINE_CHARACTERS = 400;
  private static final int MOST_FIRST = 6000;
  private static final int MOST_LAST = 2000;

  private final String id;
  private final ToolCall call;
  private final Optional<Tool> tool;
  private final String place;
  private final String askedPlace;
  private final Deque<OutputLine> last = new ArrayDeque<>();
  private long lines;
  private boolean isNew;
  private boolean refused;

  /// @param id unique in the session
  /// @param tool empty if there is no such tool
  /// @param askedPlace the same for a question about the call
  ShownCall(String id, ToolCall call, Optional<Tool> tool, String place, String askedPlace) {
    this.id = id;
    this.call = call;
    this.tool = tool;
    this.place = place;
    this.askedPlace = askedPlace;
  }

  private String type() {
    return tool.map(Tool::type).orElse("");
  }

  /// A call that begins, or waits for a person.
  Json.Obj begun(String status) {
    return described().with("sessionUpdate", "tool_call").with("status", status);
  }

  private Json.Obj described() {
    return named()
        .with("title", title())
        .with("kind", kind())
        .with("rawInput", json(JsonText.line(call.arguments())));
  }

  /// A call that a person is asked about: with all that it would do.
  Json.Obj question() {
    String arguments =
        call.arguments().entrySet().stream()
            .map(each -> argument(each.getKey(), String.valueOf(each.getValue())))
            .collect(Collectors.joining());
    String asked =
        SafeText.exact(call.tool()) + " on " + SafeText.exact(askedPlace) + ":" + arguments;
    return described().with("status", "pending").with("content", fenced(asked));
  }

  /// A person can tell all characters, and no line of a value is taken for another argument.
  private static String argument(String name, String value) {
    String shown =
        value.contains("\n")
            ? Stream.of(value.split("\n", -1))
                .map(line -> "\n  | " + SafeText.exact(line))
                .collect(Collectors.joining())
            : " " + SafeText.exact(value);
    return "\n"
        + SafeText.exact(name)
        + ":"
        + SafeText.withoutMiddle(shown, MOST_FIRST, MOST_LAST, "characters are left out here");
  }

  private Json.Obj update(String status) {
    return named().with("sessionUpdate", "tool_call_update").with("status", status);
  }

  Json.Obj ended(ToolResult result) {
    Json.Obj raw =
        Json.Obj.EMPTY
            .with("status", result.status().name().toLowerCase(Locale.ROOT))
            .with("text", result.text());
    return update(result.status() == ToolResult.Status.SUCCEEDED ? "completed" : "failed")
        .with("content", fenced(SafeText.lines(result.text())))
        .with("rawOutput", raw);
  }

  /// A call that was announced, and is not made.
  Json.Obj notMade() {
    return update("failed").with("content", fenced("It was not made. Nothing was run."));
  }

  /// A person refuses it, so it never runs.
  synchronized void refuse() {
    refused = true;
  }

  /// The start of a call that was announced; empty if a person refused it.
  synchronized Optional<Json.Obj> started() {
    return refused ? Optional.empty() : Optional.of(update("in_progress"));
  }

  /// Takes the next lines of the output.
  synchronized void output(List<OutputLine> more) {
    if (!SHOWN_OUTPUT.contains(type())) {
      return;
    }
    more.subList(Math.max(0, more.size() - MOST_LINES), more.size()).forEach(last::add);
    while (last.size() > MOST_LINES) {
      last.remove();
    }
    lines += more.size();
    isNew = true;
  }

  /// The end of the output so far, if there is more than at the last time: an update replaces what
  /// an editor shows.
  synchronized Optional<Json.Obj> progress() {
    if (!isNew) {
      return Optional.empty();
    }
    isNew = false;
    long before = lines - last.size();
    String shown =
        (before > 0 ? "… " + before + " lines before\n" : "")
            + last.stream()
                .map(line -> SafeText.cut(SafeText.oneLine(line.text()), MOST_LINE_CHARACTERS))
                .collect(Collectors.joining("\n"));
    return Optional.of(update("in_progress").with("content", fenced(shown)));
  }

  private Json.Obj named() {
    return Json.Obj.EMPTY.with("toolCallId", id);
  }

  /// The tool and the host, and what it does there, on one line.
  private String title() {
    String name = OF_ONE_FUNCTION.contains(type()) ? type() : call.tool();
    boolean runsCommands = tool.map(Tool::runsCommands).orElse(true);
    String what = call.summary().strip().lines().findFirst().orElse("");
    String title = name + (runsCommands ? " on " + place : "") + ": " + what;
    return SafeText.cut(SafeText.oneLine(title), MOST_TITLE_CHARACTERS);
  }

  private String kind() {
    boolean isReadOnly = tool.filter(Tool::isReadOnly).isPresent();
    return switch (type()) {
      case "shell", "python", "script" -> "execute";
      case "filesystem" ->
          call.tool().equals("search_files") ? "search" : isReadOnly ? "read" : "edit";
      case "git" -> isReadOnly ? "read" : "execute";
      case "think" -> "think";
      default -> "other";
    };
  }

  /// Editors read content as Markdown. The fence is longer than any in the text.
  private static Json.Arr fenced(String text) {
    int longest = 2;
    int run = 0;
    for (int at = 0; at < text.length(); at++) {
      run = text.charAt(at) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    Json.Obj block =
        Json.Obj.EMPTY.with("type", "text").with("text", fence + "\n" + text + "\n" + fence);
    return new Json.Arr(List.of(Json.Obj.EMPTY.with("type", "content").with("content", block)));
  }

  private static Json json(String line) {
    try {
      return Json.parse(line.getBytes(StandardCharsets.UTF_8));
    } catch (Json.SyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
