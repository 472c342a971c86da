package initrunner.tool.hosts;

import initrunner.exec.Ended;
import java.time.Duration;

/// What one host answered to a command. Immutable.
///
/// @param elapsed since the call to this host was begun
public record HostAnswer(String host, HostEnd end, HostOutput output, Duration elapsed) {

  /// Whether the command was run there and exited with 0.
  public boolean isSuccess() {
    return end.equals(new HostEnd.Ran(new Ended.Exited(0)));
  }

  /// The same with an equal output in place of its own.
  public HostAnswer with(HostOutput equal) {
    return new HostAnswer(host, end, equal, elapsed);
  }
}
