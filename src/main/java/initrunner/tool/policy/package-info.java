/// Which command lines, paths and variables a tool takes, decided before anything starts.
@NullMarked
package initrunner.tool.policy;

import org.jspecify.annotations.NullMarked;
