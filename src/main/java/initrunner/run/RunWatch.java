package initrunner.run;

import initrunner.agent.Approver;
import initrunner.model.RunEvent;
import initrunner.runtime.output.OutputWatcher;
import java.util.function.Consumer;

/// Follows a run and answers for a person.
///
/// @param events takes the run's events, one at a time
/// @param output takes the output of its commands
/// @param approver decides about calls that need approval
public record RunWatch(Consumer<RunEvent> events, OutputWatcher output, Approver approver) {}
