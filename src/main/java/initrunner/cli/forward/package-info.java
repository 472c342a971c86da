/// `forward`: a port of a host on this machine.
@NullMarked
package initrunner.cli.forward;

import org.jspecify.annotations.NullMarked;
