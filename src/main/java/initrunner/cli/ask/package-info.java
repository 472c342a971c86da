/// Asks the person at the terminal what a login to a host wants to know.
@NullMarked
package initrunner.cli.ask;

import org.jspecify.annotations.NullMarked;
