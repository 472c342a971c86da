/// What the audit log says of jobs.
@NullMarked
package initrunner.runtime.jobs;

import org.jspecify.annotations.NullMarked;
