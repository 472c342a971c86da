/// Names for several hosts at once.
@NullMarked
package initrunner.role.hosts;

import org.jspecify.annotations.NullMarked;
