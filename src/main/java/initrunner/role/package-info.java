/// A role file as values: its record types, the loader, and every fault with its line and column.
@NullMarked
package initrunner.role;

import org.jspecify.annotations.NullMarked;
