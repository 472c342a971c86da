/// What the output of a call passes through.
@NullMarked
package initrunner.runtime.output;

import org.jspecify.annotations.NullMarked;
