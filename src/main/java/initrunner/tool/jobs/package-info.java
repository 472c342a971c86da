/// The tool that starts jobs, commands that outlive their call, and what the host says of them.
@NullMarked
package initrunner.tool.jobs;

import org.jspecify.annotations.NullMarked;
