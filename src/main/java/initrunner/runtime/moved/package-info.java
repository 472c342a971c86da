/// Files of this machine that a model may send or replace.
@NullMarked
package initrunner.runtime.moved;

import org.jspecify.annotations.NullMarked;
