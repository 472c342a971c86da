/// What commands could run on and in, looked at without running one.
@NullMarked
package initrunner.runtime.doctor;

import org.jspecify.annotations.NullMarked;
