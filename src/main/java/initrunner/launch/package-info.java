/// How a command is started on its host: pure functions from argv to argv.
@NullMarked
package initrunner.launch;

import org.jspecify.annotations.NullMarked;
