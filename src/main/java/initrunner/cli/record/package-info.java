/// The commands that read and keep the audit log.
@NullMarked
package initrunner.cli.record;

import org.jspecify.annotations.NullMarked;
