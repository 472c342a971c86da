/// The names of a tree and what stands for them, on either side; trees of this machine.
@NullMarked
package initrunner.transfer.tree;

import org.jspecify.annotations.NullMarked;
