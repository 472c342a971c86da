/// Trees of a host, seen and changed by commands that every system has.
@NullMarked
package initrunner.transfer.host;

import org.jspecify.annotations.NullMarked;
