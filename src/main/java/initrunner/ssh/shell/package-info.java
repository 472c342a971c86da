/// Renders a command for a login shell, and reads the beginning of the shell's answer.
@NullMarked
package initrunner.ssh.shell;

import org.jspecify.annotations.NullMarked;
