/// What a command prints on and reads from.
@NullMarked
package initrunner.cli.console;

import org.jspecify.annotations.NullMarked;
