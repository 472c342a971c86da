package initrunner;

import initrunner.agent.AgentRun;
import initrunner.exec.RemedyException;
import initrunner.run.RunEnd;
import initrunner.run.RunOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What came of a run: an answer, a failure, or a pause.
///
/// @param runId stands in each row of the audit log
/// @param output the model's last text; where the run failed or paused, as much as there was of it
/// @param failure empty where the model answered, and where the run paused
/// @param pause where the run waits for a person
/// @param tokensIn that were sent to the model
/// @param tokensOut that the model answered
/// @param toolNames of the tool calls made, in the order in which the model asked for them
/// @param duration wall clock, without waiting for people
/// @param unkept why some of the run could not be stored; what came of it holds all the same
public record RunResult(
    String runId,
    String output,
    Optional<Failure> failure,
    Optional<Pause> pause,
    long tokensIn,
    long tokensOut,
    List<String> toolNames,
    Duration duration,
    List<RemedyException> unkept) {

  /// Copies its lists.
  public RunResult {
    toolNames = List.copyOf(toolNames);
    unkept = List.copyOf(unkept);
  }

  static RunResult of(RunOrder order, RunEnd end) {
    AgentRun run = end.run();
    return new RunResult(
        order.runId(),
        run.output(),
        run.failure().map(why -> new Failure(why.kind().name(), why.message(), why.remedy())),
        run.pause()
            .map(pause ->
                new Pause(
                    order.approvalId(),
                    pause.calls().stream().map(RunListener.Call::new).toList())),
        run.usage().tokensIn(),
        run.usage().tokensOut(),
        run.toolNames(),
        run.duration(),
        end.unkept());
  }

  /// Why there is no answer.
  ///
  /// @param kind as the audit log groups failures: `TIMEOUT`, `CANCELLED`, `USAGE_LIMIT`,
  ///   `RATE_LIMIT`, `SERVER_ERROR`, `AUTH`, `CONNECTION`, `CONTENT_BLOCKED` or `UNKNOWN`
  /// @param message what happened
  /// @param remedy the one next step
  public record Failure(String kind, String message, String remedy) {}

  /// Where a run waits for a person. It lies on the disk: [Agent#resume] and `initrunner approve`
  /// continue it, also in another process.
  ///
  /// @param approvalId names this pause; each pause of a run has another
  /// @param calls that need a yes; nothing of their turn was made
  public record Pause(String approvalId, List<RunListener.Call> calls) {

    /// Copies its list.
    public Pause {
      calls = List.copyOf(calls);
    }
  }
}
