/// The audit log, read as what happened: runs, and the calls of each.
@NullMarked
package initrunner.audit.story;

import org.jspecify.annotations.NullMarked;
