/// The contract of all transports, and the transport of this machine.
@NullMarked
package initrunner.exec.transport;

import org.jspecify.annotations.NullMarked;
