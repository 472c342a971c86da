/// What contained commands are given, and what is kept from them.
@NullMarked
package initrunner.runtime.confine;

import org.jspecify.annotations.NullMarked;
