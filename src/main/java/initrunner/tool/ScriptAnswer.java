package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;

/// Describes the outcome of a tool's own script, which prints its reason if it refuses a call.
public interface ScriptAnswer extends OutcomeText {

  /// The exit status of a script that refuses a call.
  int REFUSED = 65;

  int MAX_COMPLAINT_BYTES = 2000;

  /// The output of a successful script in words for the model.
  String success(Plan.Run run, Outcome outcome, Captured output, String host);

  @Override
  default String of(Plan.Run run, Outcome outcome, Captured output, String host) {
    if (outcome.ended().equals(new Ended.Exited(0))) {
      return success(run, outcome, output, host);
    }
    return outcome.ended().equals(new Ended.Exited(REFUSED))
        ? "Error: " + output.stderrExcerpt().within(MAX_COMPLAINT_BYTES).text().strip() + "."
        : PLAIN.of(run, outcome, output, host);
  }
}
