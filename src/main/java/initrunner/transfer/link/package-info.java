/// What a link can carry, and how bytes are packed for a slow one.
@NullMarked
package initrunner.transfer.link;

import org.jspecify.annotations.NullMarked;
