/// Commands inside bubblewrap.
@NullMarked
package initrunner.launch.bwrap;

import org.jspecify.annotations.NullMarked;
