/// What contained commands get, and which paths they must not reach.
@NullMarked
package initrunner.runtime.confine;

import org.jspecify.annotations.NullMarked;
