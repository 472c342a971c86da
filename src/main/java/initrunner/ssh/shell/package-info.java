/// How a command becomes the line of a login shell, and what a shell's answer begins with.
@NullMarked
package initrunner.ssh.shell;

import org.jspecify.annotations.NullMarked;
