/// How a command is started where it runs: pure functions from argv to argv.
@NullMarked
package initrunner.launch;

import org.jspecify.annotations.NullMarked;
