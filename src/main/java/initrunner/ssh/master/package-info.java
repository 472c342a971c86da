/// ControlMasters from their login to their end, and the pool of channels over them.
@NullMarked
package initrunner.ssh.master;

import org.jspecify.annotations.NullMarked;
