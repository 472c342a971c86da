/// The tools that run git.
@NullMarked
package initrunner.tool.git;

import org.jspecify.annotations.NullMarked;
