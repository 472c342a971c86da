/// OpenSSH and nothing else: targets, connections, channels, and the one place where a remote
/// command line is rendered. JDK only.
@NullMarked
package initrunner.ssh;

import org.jspecify.annotations.NullMarked;
