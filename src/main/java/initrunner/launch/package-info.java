/// How a command is started in a sandbox: pure functions from argv to argv.
@NullMarked
package initrunner.launch;

import org.jspecify.annotations.NullMarked;
