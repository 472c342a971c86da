/// The commands about jobs, which outlive the command that starts them.
@NullMarked
package initrunner.cli.jobs;

import org.jspecify.annotations.NullMarked;
