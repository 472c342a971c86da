/// Pseudo-terminals of this machine.
@NullMarked
package initrunner.exec.pty;

import org.jspecify.annotations.NullMarked;
