/// Files from here to a host and back: what is on each side, what is to be done about it, and the
/// streams that do it. Knows no role.
@NullMarked
package initrunner.transfer;

import org.jspecify.annotations.NullMarked;
