/// One run of an agent: its order, its pause, and its row in the audit log.
@NullMarked
package initrunner.run;

import org.jspecify.annotations.NullMarked;
