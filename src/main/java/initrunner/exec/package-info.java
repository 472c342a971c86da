/// What to run and what came of it: commands, limits, sinks, outcomes, and the transport contract.
/// JDK only.
@NullMarked
package initrunner.exec;

import org.jspecify.annotations.NullMarked;
