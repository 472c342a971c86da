package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import java.time.Duration;
import java.util.Optional;

/// A tool's decision about one call.
public sealed interface Plan {

  /// The plan of a call that is not refused.
  sealed interface Made extends Plan {}

  /// Runs nothing: the answer is known.
  ///
  /// @param text for the model
  record Answered(String text, ToolResult.Status status) implements Made {}

  /// Runs a command.
  ///
  /// @param maxOutputBytes of the command's output that are kept for the answer; the lines about
  ///   its end come on top
  /// @param answer turns the outcome into the text for the model
  record Run(Command command, Limits limits, int maxOutputBytes, OutcomeText answer)
      implements Made {

    /// A command whose answer is [OutcomeText#PLAIN].
    public Run(Command command, Limits limits, int maxOutputBytes) {
      this(command, limits, maxOutputBytes, OutcomeText.PLAIN);
    }

    /// With this limit of time, where it is shorter than the command's own.
    public Run within(Optional<Duration> most) {
      return most.filter(
              limit -> limits.timeout().filter(bound -> bound.compareTo(limit) <= 0).isEmpty())
          .map(limit -> new Limits(Optional.of(limit), limits.killGrace()))
          .map(shorter -> new Run(command, shorter, maxOutputBytes, answer))
          .orElse(this);
    }
  }

  /// Runs nothing.
  ///
  /// @param program the program asked for, for the audit log, without anything that may be a
  ///   secret; empty if there was none
  /// @param reason the text for the model, in words that it can act on
  record Refused(String program, String reason) implements Plan {}
}
