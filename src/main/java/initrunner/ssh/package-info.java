/// OpenSSH and nothing else: targets, connections, channels, and the only code that renders a
/// remote command line. JDK only.
@NullMarked
package initrunner.ssh;

import org.jspecify.annotations.NullMarked;
