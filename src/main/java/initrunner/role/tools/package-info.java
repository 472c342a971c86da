/// `spec.tools`: one file for each tool, and the rules about its arguments.
@NullMarked
package initrunner.role.tools;

import org.jspecify.annotations.NullMarked;
