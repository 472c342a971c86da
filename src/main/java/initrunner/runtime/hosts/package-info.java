/// One command on many hosts at once.
@NullMarked
package initrunner.runtime.hosts;

import org.jspecify.annotations.NullMarked;
