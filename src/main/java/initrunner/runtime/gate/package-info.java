/// Decides about calls before anything starts.
@NullMarked
package initrunner.runtime.gate;

import org.jspecify.annotations.NullMarked;
