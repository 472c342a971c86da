/// The streams and the terminal of a command.
@NullMarked
package initrunner.cli.console;

import org.jspecify.annotations.NullMarked;
