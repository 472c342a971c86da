/// Archives as streams.
@NullMarked
package initrunner.transfer.tar;

import org.jspecify.annotations.NullMarked;
