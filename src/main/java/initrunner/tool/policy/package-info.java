/// Decides which command lines, paths and variables a tool accepts, before anything starts.
@NullMarked
package initrunner.tool.policy;

import org.jspecify.annotations.NullMarked;
