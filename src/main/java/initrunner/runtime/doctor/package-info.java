/// Examines what commands could run on and in, without running one.
@NullMarked
package initrunner.runtime.doctor;

import org.jspecify.annotations.NullMarked;
