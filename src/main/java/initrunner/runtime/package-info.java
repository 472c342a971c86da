/// Puts transport, launcher, tools and audit log together for one role. No other package does.
@NullMarked
package initrunner.runtime;

import org.jspecify.annotations.NullMarked;
