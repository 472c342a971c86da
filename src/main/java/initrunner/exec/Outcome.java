package initrunner.exec;

import java.time.Duration;

/// The result of one call.
///
/// @param ended how the command ended
/// @param output whether its output is whole
/// @param elapsed from the call to its return, waiting included
public record Outcome(Ended ended, OutputEnd output, Duration elapsed) {}
