/// The commands that read, verify, prune and rotate the audit log.
@NullMarked
package initrunner.cli.audit;

import org.jspecify.annotations.NullMarked;
