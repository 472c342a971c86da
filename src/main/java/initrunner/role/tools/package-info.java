/// `spec.tools`, a file a tool, and the rules about their arguments.
@NullMarked
package initrunner.role.tools;

import org.jspecify.annotations.NullMarked;
