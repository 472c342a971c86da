package initrunner.run;

import initrunner.agent.Approver;
import initrunner.model.RunEvent;
import initrunner.runtime.OutputWatcher;
import java.util.function.Consumer;

/// What sees a run while it goes on, and answers for a person.
///
/// @param events takes what happens in the run, one event at a time
/// @param output takes what its commands print
/// @param approver is asked about calls that need a yes
public record RunWatch(Consumer<RunEvent> events, OutputWatcher output, Approver approver) {}
