/// Paths of this machine that a role mounts on its host: their copies there.
@NullMarked
package initrunner.runtime.mounts;

import org.jspecify.annotations.NullMarked;
