/// Where commands run: what every transport keeps to, and that of this machine.
@NullMarked
package initrunner.exec.transport;

import org.jspecify.annotations.NullMarked;
