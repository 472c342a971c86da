/// Commands by an `ssh` process each, for clients whose master has no proxy mode.
@NullMarked
package initrunner.ssh.process;

import org.jspecify.annotations.NullMarked;
