package initrunner.tool.hosts;

import initrunner.exec.Ended;
import initrunner.exec.Stop;
import initrunner.exec.TransportException.Kind;
import java.util.Optional;

/// Why a command did not succeed on a host, so that hosts with the same reason stand together.
///
/// @param what in a few words, without the host's name
/// @param said by the connection; blank for nothing
/// @param remedy the next step; blank where the output says it
record FailureKind(String what, String said, String remedy) {

  private static final String HOST = "\0";

  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  /// The reason of an answer that is no success.
  static FailureKind of(HostEnd end) {
    return switch (end) {
      case HostEnd.Ran(Ended ended) -> of(ended);
      case HostEnd.Refused(Optional<Kind> kind, String message, String remedy) ->
          new FailureKind(kind.map(FailureKind::words).orElse("not started"), message, remedy);
      case HostEnd.NotTried(String why) -> new FailureKind("not started, " + why, "", "");
    };
  }

  private static FailureKind of(Ended ended) {
    return switch (ended) {
      case Ended.Exited(int status) -> new FailureKind("exited with " + status, "", step(status));
      case Ended.Signaled(String name) -> new FailureKind("ended by signal " + name, "", "");
      case Ended.OutOfMemory _ ->
          new FailureKind(
              "out of memory",
              "",
              "The command used more than its sandbox allows: raise memory_limit.");
      case Ended.TimedOut(Stop stop) ->
          new FailureKind(
              "timed out; " + after(stop), "", "Give it more time, or see what it waits for.");
      case Ended.Cancelled(Stop stop) -> new FailureKind("interrupted; " + after(stop), "", "");
      case Ended.Lost(String reason) ->
          new FailureKind(
              "lost; the command may still run there",
              reason,
              "See what runs there before you run it again.");
    };
  }

  private static String step(int status) {
    return switch (status) {
      case NOT_FOUND ->
          "No program of that name is there; a line of a shell needs a shell: sh -c 'LINE'.";
      case NOT_EXECUTABLE -> "The program is there and may not be run: see its mode and its owner.";
      default -> "";
    };
  }

  private static String after(Stop stop) {
    return switch (stop) {
      case STOPPED -> "the command was stopped";
      case STILL_RUNNING -> "the command still runs there";
      case UNKNOWN -> "whether the command still runs there is not known";
    };
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case CLIENT_MISSING -> "no ssh client here";
      case NAME_UNKNOWN -> "no such host name";
      case REFUSED -> "connection refused";
      case CONNECT_TIMEOUT -> "no answer in time";
      case HOST_KEY_UNKNOWN -> "host key not known yet";
      case HOST_KEY_CHANGED -> "host key changed";
      case AUTHENTICATION -> "login refused";
      case SESSION_LIMIT -> "no free session";
      case FORBIDDEN -> "runs no commands";
      case LOCAL_LIMIT -> "too many open files here";
      case LINK_DOWN -> "unreachable";
      case PORT_CLOSED, PORT_FORBIDDEN -> "port not reachable";
      case CLIENT_CONFIGURATION -> "ssh configuration";
      case NO_MULTIPLEXING, PROTOCOL -> "no common protocol";
      case COMMAND_NOT_FOUND -> "no such program";
      case COMMAND_INVALID -> "the command cannot start there";
    };
  }

  /// What hosts with the same reason have in common: the next step may name the host.
  Object common(String host) {
    return what + HOST + remedy.replace(host, HOST);
  }
}
