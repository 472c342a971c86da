/// The only joint: transport, launcher, tools and audit put together for one role.
@NullMarked
package initrunner.runtime;

import org.jspecify.annotations.NullMarked;
