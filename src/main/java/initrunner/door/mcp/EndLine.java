package initrunner.door.mcp;

import initrunner.door.jsonrpc.Json;
import initrunner.exec.Ended;
import initrunner.exec.Stop;
import initrunner.exec.transport.ShellStatus;
import initrunner.tool.CallEnd;
import initrunner.tool.ToolResult;
import java.util.Locale;

/// The last line of a result: its exit status, the host, and how it ended. Stateless.
final class EndLine {

  private EndLine() {}

  static String of(CallEnd end, String host) {
    return end.ended()
        .map(ended -> "[exit " + ShellStatus.of(ended) + " on " + host + ": " + words(ended) + "]")
        .orElseGet(() ->
            isUnstarted(end.result())
                ? "[no command ran on " + host + ": " + status(end) + "]"
                : "[" + status(end) + "; the tools act on " + host + "]");
  }

  static boolean isUnstarted(ToolResult result) {
    return switch (result.status()) {
      case REFUSED, DENIED, INVALID, NOT_STARTED -> true;
      case SUCCEEDED, FAILED, TIMED_OUT, CANCELLED, LOST -> false;
    };
  }

  static Json.Obj structure(CallEnd end, String host) {
    Json.Obj structure =
        Json.Obj.EMPTY
            .with("text", end.result().text())
            .with("status", end.ended().map(EndLine::words).orElseGet(() -> status(end)))
            .with("host", host);
    return end.ended()
        .map(ended -> structure.with("exit", ShellStatus.of(ended)))
        .orElse(structure);
  }

  private static String status(CallEnd end) {
    return switch (end.result().status()) {
      case SUCCEEDED -> "answered";
      case FAILED -> "failed";
      case TIMED_OUT, CANCELLED, LOST, REFUSED, DENIED, INVALID, NOT_STARTED ->
          end.result().status().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  private static String words(Ended ended) {
    return switch (ended) {
      case Ended.Exited _ -> "exited";
      case Ended.Signaled(String name) -> "killed by signal " + name;
      case Ended.OutOfMemory _ -> "out of memory";
      case Ended.TimedOut(Stop stop) -> "timed out, " + words(stop);
      case Ended.Cancelled(Stop stop) -> "cancelled, " + words(stop);
      case Ended.Lost _ -> "lost, it may still run";
    };
  }

  private static String words(Stop stop) {
    return switch (stop) {
      case STOPPED -> "stopped";
      case STILL_RUNNING -> "still running";
      case UNKNOWN -> "whether it stopped is unknown";
    };
  }
}
